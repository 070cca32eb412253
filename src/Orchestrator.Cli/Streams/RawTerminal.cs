using Orchestrator.Linux.Io;

namespace Orchestrator.Cli.Streams;

/// <summary>
/// Our terminal while a container has it: every key goes through as it is. Disposing restores what was.
/// </summary>
internal sealed class RawTerminal(int fd) : IDisposable
{
    private readonly byte[] _before = TerminalCalls.MakeRaw(fd);

    public void Dispose() => TerminalCalls.Restore(fd, _before);
}
