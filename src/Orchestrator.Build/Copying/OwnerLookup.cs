using System.Globalization;
using Orchestrator.Images.Trees;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Copying;

/// <summary>Finds whom <c>--chown</c> means, in the stage's own <c>/etc/passwd</c> and <c>/etc/group</c>.</summary>
internal static class OwnerLookup
{
    /// <param name="text"><c>user[:group]</c>, names or numbers; without a group, the user's number.</param>
    /// <exception cref="BuildException">There is nobody of that name.</exception>
    public static (uint Uid, uint Gid) Resolve(DirectoryHandle root, string text)
    {
        if (TryNumbers(text) is { } numbers)
            return numbers;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (user, group) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        var (uid, usersGid) = FindUser(root, user);
        return (uid, group.Length == 0 ? usersGid : FindGroup(root, group));
    }

    /// <returns>Null: a name is among them.</returns>
    public static (uint Uid, uint Gid)? TryNumbers(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 2 || !TryNumber(parts[0], out var uid))
            return null;
        if (parts.Length == 1 || parts[1].Length == 0)
            return (uid, uid);
        return TryNumber(parts[1], out var gid) ? (uid, gid) : null;
    }

    private static (uint Uid, uint Gid) FindUser(DirectoryHandle root, string user)
    {
        if (TryNumber(user, out var number))
            return (number, number);
        foreach (var line in Lines(root, "etc/passwd", 4))
        {
            if (line[0] == user && TryNumber(line[2], out var uid) && TryNumber(line[3], out var gid))
                return (uid, gid);
        }

        throw new BuildException($"unable to convert uid/gid chown string to host mapping: can't find uid for user "
            + $"{user}: no such user: {user}");
    }

    private static uint FindGroup(DirectoryHandle root, string group)
    {
        if (TryNumber(group, out var number))
            return number;
        foreach (var line in Lines(root, "etc/group", 3))
        {
            if (line[0] == group && TryNumber(line[2], out var gid))
                return gid;
        }

        throw new BuildException($"unable to convert uid/gid chown string to host mapping: can't find gid for group "
            + $"{group}: no such group: {group}");
    }

    private static IEnumerable<string[]> Lines(DirectoryHandle root, string path, int fields) =>
        PasswdFile.Lines(PasswdFile.Read(root, path), fields);

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= int.MaxValue;
}
