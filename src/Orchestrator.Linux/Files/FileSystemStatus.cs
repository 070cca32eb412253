namespace Orchestrator.Linux.Files;

/// <summary>What statfs(2) tells of a mounted file system; sizes in bytes.</summary>
/// <param name="Magic">Its type, as <c>0x794c7630</c> for overlay.</param>
/// <param name="AvailableBytes">What one without privileges may still write.</param>
public sealed record FileSystemStatus(
    long Magic, long TotalBytes, long FreeBytes, long AvailableBytes, long Inodes, long FreeInodes)
{
    public const long OverlayMagic = 0x794c7630;
    public const long TmpfsMagic = 0x01021994;
    public const long Cgroup2Magic = 0x63677270;

    public static unsafe FileSystemStatus Of(string path)
    {
        // struct statfs of x86-64: type, block size, blocks, free, available, files, free files; 120 bytes in all.
        var buffer = stackalloc long[16];
        LinuxException.Check(LibcFiles.statfs(path, buffer), "statfs", path);
        return new(
            buffer[0], buffer[1] * buffer[2], buffer[1] * buffer[3], buffer[1] * buffer[4], buffer[5], buffer[6]);
    }
}
