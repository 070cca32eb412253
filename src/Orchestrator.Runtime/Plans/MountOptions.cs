using Orchestrator.Linux.Mounts;

namespace Orchestrator.Runtime.Plans;

/// <summary>mount(8)'s words, sorted into what the kernel takes where.</summary>
internal sealed record MountOptions
{
    /// <summary>MS_* for a new mount of a file system.</summary>
    public MountFlags Flags { get; private set; }

    /// <summary>What a bind mount changes: MOUNT_ATTR_* to set and to clear.</summary>
    public long AttributesSet { get; private set; }

    public long AttributesCleared { get; private set; }

    /// <summary>MS_PRIVATE and so on, MS_REC with it for the recursive ones; 0: as it comes.</summary>
    public MountFlags Propagation { get; private set; }

    public bool IsBind { get; private set; }

    public bool Recursive { get; private set; }

    /// <summary>The file system's own options.</summary>
    public string? Data { get; private set; }

    private const long ATTR_RDONLY = 1, ATTR_NOSUID = 2, ATTR_NODEV = 4, ATTR_NOEXEC = 8, ATTR_ATIME = 0x70;
    private const long ATTR_NOATIME = 0x10, ATTR_STRICTATIME = 0x20, ATTR_NODIRATIME = 0x80;

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

    private bool Take(string option) => option switch
    {
        "bind" => IsBind = true,
        "rbind" => IsBind = Recursive = true,
        "ro" or "rro" => Set(MountFlags.ReadOnly, ATTR_RDONLY),
        "rw" or "rrw" => Clear(MountFlags.ReadOnly, ATTR_RDONLY),
        "nosuid" => Set(MountFlags.NoSuid, ATTR_NOSUID),
        "suid" => Clear(MountFlags.NoSuid, ATTR_NOSUID),
        "nodev" => Set(MountFlags.NoDev, ATTR_NODEV),
        "dev" => Clear(MountFlags.NoDev, ATTR_NODEV),
        "noexec" => Set(MountFlags.NoExec, ATTR_NOEXEC),
        "exec" => Clear(MountFlags.NoExec, ATTR_NOEXEC),
        "nodiratime" => Set(MountFlags.NoDirAtime, ATTR_NODIRATIME),
        "diratime" => Clear(MountFlags.NoDirAtime, ATTR_NODIRATIME),
        "noatime" => AccessTime(MountFlags.NoAtime, ATTR_NOATIME),
        "strictatime" => AccessTime(MountFlags.StrictAtime, ATTR_STRICTATIME),
        "relatime" or "atime" => AccessTime(MountFlags.RelAtime, 0),
        "sync" => Set(MountFlags.Synchronous, 0),
        "dirsync" => Set(MountFlags.DirSync, 0),
        "private" => Propagate(MountFlags.Private, recursive: false),
        "rprivate" => Propagate(MountFlags.Private, recursive: true),
        "slave" => Propagate(MountFlags.Slave, recursive: false),
        "rslave" => Propagate(MountFlags.Slave, recursive: true),
        "shared" => Propagate(MountFlags.Shared, recursive: false),
        "rshared" => Propagate(MountFlags.Shared, recursive: true),
        "defaults" or "async" or "tmpcopyup" => true,
        _ => false,
    };

    private bool Set(MountFlags flag, long attribute)
    {
        Flags |= flag;
        AttributesSet |= attribute;
        AttributesCleared &= ~attribute;
        return true;
    }

    private bool Clear(MountFlags flag, long attribute)
    {
        Flags &= ~flag;
        AttributesSet &= ~attribute;
        AttributesCleared |= attribute;
        return true;
    }

    /// <summary>The three ways of access time are one field: to set one is to clear the field first.</summary>
    private bool AccessTime(MountFlags flag, long attribute)
    {
        Flags = (Flags & ~(MountFlags.NoAtime | MountFlags.StrictAtime | MountFlags.RelAtime)) | flag;
        AttributesSet = (AttributesSet & ~ATTR_ATIME) | attribute;
        AttributesCleared |= ATTR_ATIME;
        return true;
    }

    private bool Propagate(MountFlags kind, bool recursive)
    {
        Propagation = kind | (recursive ? MountFlags.Recursive : 0);
        return true;
    }
}
