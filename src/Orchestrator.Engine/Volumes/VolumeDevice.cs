using Orchestrator.Linux.Mounts;

namespace Orchestrator.Engine.Volumes;

/// <summary>What a volume with options mounts: docker's <c>type</c>, <c>device</c> and <c>o</c>. Pure.</summary>
/// <param name="Propagation">Applied once it is mounted; None: as it comes.</param>
/// <param name="Data">Options that are the file system's own, separated by commas.</param>
internal sealed record VolumeDevice(
    string Type, string Device, MountFlags Flags, MountFlags Propagation, string Data)
{
    private static readonly Dictionary<string, (MountFlags Flags, bool IsSet)> Words = new()
    {
        ["defaults"] = (MountFlags.None, true),
        ["ro"] = (MountFlags.ReadOnly, true),
        ["rw"] = (MountFlags.ReadOnly, false),
        ["nosuid"] = (MountFlags.NoSuid, true),
        ["suid"] = (MountFlags.NoSuid, false),
        ["nodev"] = (MountFlags.NoDev, true),
        ["dev"] = (MountFlags.NoDev, false),
        ["noexec"] = (MountFlags.NoExec, true),
        ["exec"] = (MountFlags.NoExec, false),
        ["sync"] = (MountFlags.Synchronous, true),
        ["async"] = (MountFlags.Synchronous, false),
        ["dirsync"] = (MountFlags.DirSync, true),
        ["noatime"] = (MountFlags.NoAtime, true),
        ["atime"] = (MountFlags.NoAtime, false),
        ["nodiratime"] = (MountFlags.NoDirAtime, true),
        ["diratime"] = (MountFlags.NoDirAtime, false),
        ["relatime"] = (MountFlags.RelAtime, true),
        ["norelatime"] = (MountFlags.RelAtime, false),
        ["strictatime"] = (MountFlags.StrictAtime, true),
        ["nostrictatime"] = (MountFlags.StrictAtime, false),
        ["bind"] = (MountFlags.Bind, true),
        ["rbind"] = (MountFlags.Bind | MountFlags.Recursive, true),
    };

    public bool IsBind => Flags.HasFlag(MountFlags.Bind);

    /// <returns>Null: no options, the volume is a folder of ours.</returns>
    /// <exception cref="EngineException">An option that local volumes do not have, or one without those it needs.
    /// </exception>
    public static VolumeDevice? Parse(IReadOnlyDictionary<string, string> options)
    {
        Check(options);
        if (options.Count == 0)
            return null;
        var (flags, propagation, data) = (MountFlags.None, MountFlags.None, new List<string>());
        foreach (var word in options.GetValueOrDefault("o", "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Words.TryGetValue(word, out var known))
                flags = known.IsSet ? flags | known.Flags : flags & ~known.Flags;
            else if (MountPropagation.Words.TryGetValue(word, out var way))
                propagation = way;
            else
                data.Add(word);
        }

        return new(options["type"], options["device"], flags, propagation, string.Join(',', data));
    }

    private static void Check(IReadOnlyDictionary<string, string> options)
    {
        foreach (var name in options.Keys)
        {
            if (name is not ("type" or "device" or "o" or "size"))
                throw EngineException.Invalid($"invalid option: \"{name}\"; local volumes know type, device and o");
        }

        if (options.ContainsKey("size"))
            throw EngineException.Invalid(
                "quota size requested but no quota support; limit a tmpfs with type=tmpfs,device=tmpfs,o=size=…");
        if (options.Count == 0)
            return;
        foreach (var needed in new[] { "type", "device" })
        {
            if (string.IsNullOrEmpty(options.GetValueOrDefault(needed)))
                throw EngineException.Invalid($"missing required option: \"{needed}\"");
        }
    }
}
