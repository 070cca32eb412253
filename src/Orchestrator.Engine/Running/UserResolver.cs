using System.Globalization;
using Orchestrator.Images.Trees;
using Orchestrator.Linux.Files;

namespace Orchestrator.Engine.Running;

/// <summary>Whom a program runs as, in the kernel's numbers.</summary>
internal sealed record ResolvedUser(uint Uid, uint Gid, uint[] Groups, string Home);

/// <summary>Finds a user in the container's own <c>/etc/passwd</c> and <c>/etc/group</c>.</summary>
internal static class UserResolver
{
    private const uint MaxId = int.MaxValue;

    /// <param name="rootfs">The mounted root; files are opened inside it, so a symbolic link cannot lead out.</param>
    /// <param name="user"><c>name|uid[:group|gid]</c>; empty is root.</param>
    public static ResolvedUser Resolve(string rootfs, string user, IReadOnlyList<string> extraGroups)
    {
        using var root = DirectoryHandle.Open(rootfs);
        return Resolve(
            PasswdFile.Read(root, "etc/passwd"), PasswdFile.Read(root, "etc/group"), user, extraGroups);
    }

    /// <summary>The pure half: the two files as text.</summary>
    internal static ResolvedUser Resolve(
        string passwd, string group, string user, IReadOnlyList<string> extraGroups)
    {
        var colon = user.IndexOf(':');
        var (name, groupName) = colon < 0 ? (user, "") : (user[..colon], user[(colon + 1)..]);
        var entry = FindUser(passwd, name.Length > 0 ? name : "0");
        var groups = PasswdFile.Lines(group, 4).ToList();
        var gid = groupName.Length > 0 ? FindGroup(groups, groupName) : entry.Gid;

        // Named members apply only where no group was asked for: docker's rule.
        var member = groupName.Length > 0 ? [] : groups
            .Where(line => entry.Name.Length > 0 && line[3].Split(',').Contains(entry.Name))
            .Select(line => uint.TryParse(line[2], out var id) ? id : gid);
        var extra = extraGroups.Select(one => FindGroup(groups, one));
        return new ResolvedUser(
            entry.Uid, gid, [.. member.Concat(extra).Where(id => id != gid).Distinct()], entry.Home);
    }

    private static (string Name, uint Uid, uint Gid, string Home) FindUser(string passwd, string user)
    {
        foreach (var line in PasswdFile.Lines(passwd, 6))
        {
            if ((line[0] == user || line[2] == user) && uint.TryParse(line[2], out var uid)
                && uint.TryParse(line[3], out var gid))
                return (line[0], uid, gid, line[5].Length > 0 ? line[5] : "/");
        }

        if (uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return ("", InRange(number), 0, number == 0 ? "/root" : "/");
        throw EngineException.Invalid($"unable to find user {user}: no matching entries in passwd file");
    }

    private static uint FindGroup(List<string[]> groups, string name)
    {
        foreach (var line in groups)
        {
            if (line[0] == name && uint.TryParse(line[2], out var gid))
                return gid;
        }

        return uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? InRange(number)
            : throw EngineException.Invalid($"unable to find group {name}: no matching entries in group file");
    }

    private static uint InRange(uint id) => id <= MaxId
        ? id : throw EngineException.Invalid($"uids and gids must be in range 0-{MaxId}");
}
