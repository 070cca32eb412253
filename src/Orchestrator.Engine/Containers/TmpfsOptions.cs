namespace Orchestrator.Engine.Containers;

/// <summary>Options of <c>--tmpfs</c>: those of mount(8) and of tmpfs. Pure.</summary>
internal static class TmpfsOptions
{
    private static readonly string[] Flags =
    [
        "defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync",
        "remount", "atime", "noatime", "diratime", "nodiratime", "relatime", "norelatime", "strictatime",
        "nostrictatime", "private", "rprivate", "shared", "rshared", "slave", "rslave", "noswap",
    ];

    private static readonly string[] Keys =
        ["size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol", "huge"];

    /// <exception cref="EngineException">An option of neither.</exception>
    public static void Check(string target, string options)
    {
        foreach (var option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=');
            if (equals < 0 ? !Flags.Contains(option) : !Keys.Contains(option[..equals]))
                throw EngineException.Invalid($"invalid tmpfs option [\"{option}\"] of {target}");
        }
    }
}
