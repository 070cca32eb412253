using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Files;

/// <summary>What stat(2) tells of a file. Layout: struct stat of x86-64.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct FileStatus
{
    public readonly ulong Device;
    public readonly ulong Inode;
    public readonly ulong Links;
    public readonly uint Mode;
    public readonly uint Uid;
    public readonly uint Gid;
    private readonly int padding;
    public readonly ulong SpecialDevice;
    public readonly long Size;
    public readonly long BlockSize;
    public readonly long Blocks;
    public readonly long AccessSeconds;
    public readonly long AccessNanoseconds;
    public readonly long ModifySeconds;
    public readonly long ModifyNanoseconds;
    public readonly long ChangeSeconds;
    public readonly long ChangeNanoseconds;
    private readonly long reserved0;
    private readonly long reserved1;
    private readonly long reserved2;

    /// <summary>The bits S_IFMT of <see cref="Mode"/>.</summary>
    public FileKind Kind => (FileKind)(Mode & 0xF000);

    public uint Permissions => Mode & 0xFFF;

    public uint Major => (uint)(((SpecialDevice >> 8) & 0xFFF) | ((SpecialDevice >> 32) & ~0xFFFUL));

    public uint Minor => (uint)((SpecialDevice & 0xFF) | ((SpecialDevice >> 12) & ~0xFFUL));

    /// <summary>makedev(3).</summary>
    public static ulong MakeDevice(uint major, uint minor) =>
        (minor & 0xFFUL) | ((major & 0xFFFUL) << 8) | ((minor & ~0xFFUL) << 12) | ((major & ~0xFFFUL) << 32);
}

/// <summary>S_IFMT and what it holds.</summary>
#pragma warning disable CA1008 // No file has kind 0.
public enum FileKind
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    SymbolicLink = 0xA000,
    Socket = 0xC000,
}
