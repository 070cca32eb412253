using System.Runtime.InteropServices;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Streams;

/// <summary>Keeps a container's terminal as large as ours.</summary>
internal sealed class TerminalResizer : IDisposable
{
    private readonly Session _session;
    private readonly string _path;
    private readonly PosixSignalRegistration _registration;

    /// <param name="path">What is resized: <c>/containers/ID</c> or <c>/exec/ID</c>; it must be running.</param>
    /// <param name="redraws">Its size changes for a moment even where it is right, so that what shows it draws it
    /// anew: otherwise who attaches sees nothing until a key is pressed.</param>
    public TerminalResizer(Session session, string path, bool redraws = false)
    {
        (_session, _path) = (session, path);
        if (redraws) Resize(larger: 1);
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resize());
        Resize();
    }

    public void Dispose() => _registration.Dispose();

    private void Resize(int larger = 0)
    {
        var (rows, columns) = _session.TerminalSize();
        if (rows == 0 || columns == 0) return;
        (rows, columns) = (rows + larger, columns + larger);
        try
        {
            _session.Client.Post($"{_path}/resize{new Query().Add("h", rows).Add("w", columns)}");
        }
        catch (Exception e) when (e is DaemonException or CliException)
        {
            // It ended meanwhile; there is no terminal left to resize.
        }
    }
}
