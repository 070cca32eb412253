using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Containers;

/// <summary>Hands a terminal's master to whoever listens on a unix socket, as runc's <c>--console-socket</c> does: one
/// message, a name, with the descriptor riding along.</summary>
internal static class ConsoleSocket
{
    public static void Send(string path, FileDescriptor master)
    {
        var full = Path.GetFullPath(path);
        try
        {
            using var directory = FileDescriptor.Open(
                Path.GetDirectoryName(full)!, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
            using var socket = UnixSocket.Connect($"{directory.ProcPath}/{Path.GetFileName(full)}", blocking: true);
            UnixSocket.Send(socket, "/dev/ptmx"u8, master);
        }
        catch (LinuxException e)
        {
            throw new RuntimeException(
                $"--console-socket {path}: {e.Message}; it must be a unix stream socket that somebody listens on");
        }
    }
}
