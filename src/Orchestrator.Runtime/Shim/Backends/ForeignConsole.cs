using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim.Backends;

/// <summary>Where a runtime hands over the master of a terminal it has made: <c>--console-socket</c>.</summary>
internal sealed class ForeignConsole : IDisposable
{
    private const int LongestName = 4096;

    private readonly FileDescriptor listener;

    public ForeignConsole(string path)
    {
        Path = path;
        listener = UnixSocket.Listen(path);
    }

    public string Path { get; }

    /// <summary>Once the runtime's command has ended: what it sent waits in the socket.</summary>
    /// <exception cref="RuntimeException">It sent nothing.</exception>
    public FileDescriptor Receive()
    {
        using var connection = UnixSocket.Accept(listener);
        FileDescriptor? master = null;
        if (connection is not null)
            UnixSocket.Receive(connection, stackalloc byte[LongestName], out master);
        return master ?? throw new RuntimeException("the runtime made no terminal, though one was asked for");
    }

    public void Dispose()
    {
        listener.Dispose();
        File.Delete(Path);
    }
}
