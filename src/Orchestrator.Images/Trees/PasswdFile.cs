using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Images.Trees;

/// <summary>Reads <c>/etc/passwd</c> and <c>/etc/group</c> of a root that others have filled.</summary>
public static class PasswdFile
{
    private const long MaxBytes = 4 << 20;

    /// <summary>Lines with at least so many fields, which colons part.</summary>
    public static IEnumerable<string[]> Lines(string text, int fields) =>
        text.Split('\n').Select(line => line.TrimEnd('\r').Split(':')).Where(line => line.Length >= fields);

    /// <param name="path">Opened inside the root, so a symbolic link cannot lead out.</param>
    /// <returns>Empty: there is no such file, or it is none to be read.</returns>
    public static string Read(DirectoryHandle root, string path)
    {
        try
        {
            // Non-blocking: an image may have put a pipe there.
            using var handle = root.OpenIn(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
            using var stream = new FileStream(handle, FileAccess.Read);
            if (!stream.CanSeek || stream.Length > MaxBytes)
                return "";
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.ENXIO)
        {
            return "";
        }
    }
}
