using System.Text;

namespace Orchestrator.Linux.Files;

/// <summary>Files of the kernel's and other short ones, read in one go.</summary>
/// <remarks>What is missing is an answer, not an exception, and there is no stream and no decoder around it: a container's
/// start reads dozens, and an exception alone costs as much as all of them.</remarks>
public static unsafe class SmallFile
{
    private const int FirstBuffer = 4096;

    /// <returns>Null: it is absent, may not be read, or was removed meanwhile.</returns>
    public static string? TryRead(string path)
    {
        var fd = LibcFiles.openat(LibcFiles.AT_FDCWD, path, (int)OpenFlags.O_CLOEXEC, 0);
        if (fd < 0)
            return null;
        try
        {
            return Read(fd, stackalloc byte[FirstBuffer]);
        }
        finally
        {
            _ = LibcFiles.close(fd);
        }
    }

    private static string? Read(int fd, Span<byte> buffer)
    {
        for (var length = 0; ;)
        {
            nint count;
            fixed (byte* free = buffer[length..])
                count = LibcFiles.read(fd, free, (nuint)(buffer.Length - length));
            if (count < 0)
                return null;
            if (count == 0)
                return Encoding.UTF8.GetString(buffer[..length]);
            length += (int)count;
            if (length < buffer.Length)
                continue;
            var larger = new byte[buffer.Length * 4];
            buffer.CopyTo(larger);
            buffer = larger;
        }
    }
}
