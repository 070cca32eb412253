using Orchestrator.Linux.Mounts;

namespace Orchestrator.Runtime.Plans;

/// <summary>The words of a mount's options, sorted into what the kernel takes where.</summary>
/// <remarks>Source: OCI runtime-spec 1.2, config.md, Linux mount options. The last word on a thing wins.</remarks>
internal sealed record MountOptions
{
    private readonly List<MountFlags> propagations = [];

    /// <summary>MS_* for a new mount of a file system.</summary>
    public MountFlags Flags { get; private set; }

    /// <summary>The mount's own attributes.</summary>
    public AttributeChange Own { get; private set; }

    /// <summary>Those of the mount and all below it.</summary>
    public AttributeChange Below { get; private set; }

    /// <summary>MS_PRIVATE and so on, MS_REC with it for the recursive ones, in their order.</summary>
    public IReadOnlyList<MountFlags> Propagations => propagations;

    public bool IsBind { get; private set; }

    public bool Recursive { get; private set; }

    /// <summary>Changes what is mounted there already.</summary>
    public bool Remount { get; private set; }

    /// <summary>The new mount begins with what the directory held.</summary>
    public bool CopyUp { get; private set; }

    /// <summary>Its ids are mapped.</summary>
    public bool IdMap { get; private set; }

    /// <summary>So are those of mounts below.</summary>
    public bool IdMapBelow { get; private set; }

    /// <summary>The file system's own options.</summary>
    public string? Data { get; private set; }

    public static MountOptions Parse(IEnumerable<string>? options)
    {
        var result = new MountOptions();
        var data = new List<string>();
        foreach (var option in options ?? [])
        {
            if (!result.Take(option))
                data.Add(option);
        }

        result.Data = data.Count == 0 ? null : string.Join(',', data);
        return result;
    }

    /// <summary>Every word that is not the file system's own.</summary>
    public static IEnumerable<string> Known =>
    [
        .. MountWords.Attributes.Keys, .. MountWords.Attributes.Keys.Select(k => "r" + k),
        .. MountWords.SuperblockFlags.Keys, .. MountPropagation.Words.Keys,
        "bind", "rbind", "remount", "tmpcopyup", "idmap", "ridmap", "defaults",
    ];

    private bool Take(string option)
    {
        if (MountWords.Attributes.TryGetValue(option, out var attribute))
        {
            Own = Own.Then(attribute.Change);
            return Set(attribute.Flags, attribute.IsSet);
        }

        if (option.StartsWith('r') && MountWords.Attributes.TryGetValue(option[1..], out attribute))
        {
            Below = Below.Then(attribute.Change);
            return true;
        }

        if (MountWords.SuperblockFlags.TryGetValue(option, out var flag))
            return Set(flag.Flags, flag.IsSet);
        if (MountPropagation.Words.TryGetValue(option, out var propagation))
        {
            propagations.Add(propagation);
            return true;
        }

        return option switch
        {
            "bind" => IsBind = true,
            "rbind" => IsBind = Recursive = true,
            "remount" => Remount = true,
            "tmpcopyup" => CopyUp = true,
            "idmap" => IdMap = true,
            "ridmap" => IdMap = IdMapBelow = true,
            "defaults" => true,
            _ => false,
        };
    }

    private bool Set(MountFlags flags, bool isSet)
    {
        if ((flags & MountWords.AccessTimes) != 0)
            Flags &= ~MountWords.AccessTimes;
        Flags = isSet ? Flags | flags : Flags & ~flags;
        return true;
    }
}
