namespace Orchestrator.Linux.Files;

#pragma warning disable CA1008, CA2217 // O_RDONLY is 0, and some bits of the kernel's overlap on purpose.
/// <summary>Flags of open(2) on x86-64; O_CLOEXEC is always added.</summary>
[Flags]
public enum OpenFlags
{
    O_RDONLY = 0,
    O_WRONLY = 1,
    O_RDWR = 2,
    O_CREAT = 0x40,
    O_EXCL = 0x80,
    O_NOCTTY = 0x100,
    O_TRUNC = 0x200,
    O_APPEND = 0x400,
    O_NONBLOCK = 0x800,
    O_DIRECTORY = 0x10000,
    O_NOFOLLOW = 0x20000,
    O_CLOEXEC = 0x80000,
    O_PATH = 0x200000,
}

/// <summary>How openat2(2) may resolve a path.</summary>
[Flags]
public enum ResolveFlags : ulong
{
    None = 0,
    NO_XDEV = 1,
    NO_MAGICLINKS = 2,
    NO_SYMLINKS = 4,
    BENEATH = 8,
    /// <summary>The directory is the root: <c>..</c> and absolute symbolic links stay inside it.</summary>
    IN_ROOT = 0x10,
}
