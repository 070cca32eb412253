using System.Runtime.InteropServices;
using Orchestrator.Linux.Io;

namespace Orchestrator.Linux.Mounts;

/// <summary>The newer way to mount (Linux 5.2): options one by one, so their sum may be longer than a page, then a
/// mount that is attached by descriptor.</summary>
public sealed partial class FileSystemContext : IDisposable
{
    private const int SetFlagCommand = 0, SetStringCommand = 1, CreateCommand = 6;

    private readonly string type;
    private readonly FileDescriptor context;

    private FileSystemContext(string type, FileDescriptor context) => (this.type, this.context) = (type, context);

    public static FileSystemContext Open(string type) =>
        new(type, new FileDescriptor(LinuxException.Check(fsopen(Fsopen, type, 1), "fsopen", type)));

    public void Set(string key, string value) => Configure(SetStringCommand, key, value);

    public void Set(string key) => Configure(SetFlagCommand, key, null);

    /// <summary>Makes the file system; its mount hangs nowhere yet, and goes with the last descriptor of it.</summary>
    public FileDescriptor Make()
    {
        Configure(CreateCommand, null, null);
        return new FileDescriptor(LinuxException.Check((int)fsmount(Fsmount, context.Fd, 1, 0), "fsmount", type));
    }

    /// <summary>Makes the file system and attaches it to a directory.</summary>
    public void MountOn(string target)
    {
        using var mount = Make();
        const uint emptyPath = 4;
        LinuxException.Check(
            move_mount(MoveMount, mount.Fd, "", -100, target, emptyPath), "move_mount", $"{type} on {target}");
    }

    public void Dispose() => context.Dispose();

    private void Configure(uint command, string? key, string? value)
    {
        if (fsconfig(Fsconfig, context.Fd, command, key, value, 0) < 0)
            throw new LinuxException(
                "fsconfig", $"{type} {key}={value}{Reason()}", (Errno)Marshal.GetLastPInvokeError());
    }

    /// <summary>The kernel leaves its complaint to be read from the context.</summary>
    private string Reason()
    {
        var errno = Marshal.GetLastPInvokeError();
        try
        {
            Span<byte> text = stackalloc byte[512];
            var length = context.Read(text);
            return length > 0 ? $" ({System.Text.Encoding.UTF8.GetString(text[..length]).Trim()})" : "";
        }
        catch (LinuxException)
        {
            return "";
        }
        finally
        {
            Marshal.SetLastPInvokeError(errno);
        }
    }

    private const long Fsopen = 430, Fsconfig = 431, Fsmount = 432, MoveMount = 429;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fsopen(long number, string type, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fsconfig(long number, int fd, uint command, string? key, string? value, int auxiliary);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long fsmount(long number, int fd, uint flags, uint attributes);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int move_mount(long number, int from, string fromPath, int to, string toPath, uint flags);
}
