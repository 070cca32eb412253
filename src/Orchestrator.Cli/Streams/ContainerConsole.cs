using Orchestrator.Cli.Http;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;

namespace Orchestrator.Cli.Streams;

/// <summary>Joins this process's streams to those of a container over a connection that attach or exec took.</summary>
internal static class ContainerConsole
{
    private const int StdinFd = 0;

    /// <summary>Runs until the container's output ends or the user detaches.</summary>
    /// <param name="tty">The container has a terminal: one stream of raw bytes, and our terminal in raw mode.</param>
    /// <returns>False when the user detached.</returns>
    public static bool Run(Session session, HijackedStream stream, bool tty, bool sendInput, string detachKeys)
    {
        session.Out.Flush();
        using var raw = tty && sendInput && session.InputIsTerminal ? new RawTerminal(StdinFd) : null;
        var detached = new ManualResetEventSlim();
        var ended = new ManualResetEventSlim();
        if (sendInput)
        {
            var keys = tty ? DetachKeys.Parse(detachKeys) : null;
            Start("stdin", () => CopyInput(session.Input, stream, keys, detached));
        }

        Exception? failure = null;
        Start("output", () =>
        {
            try
            {
                if (tty) Demultiplexer.CopyRaw(stream.Read, session.RawOutput);
                else Demultiplexer.Copy(stream.Read, session.RawOutput, session.RawError);
            }
            catch (Exception e)
                when (e is IOException or InvalidDataException or CliException or ObjectDisposedException)
            {
                failure = e;
            }
            ended.Set();
        });
        var first = WaitHandle.WaitAny([ended.WaitHandle, detached.WaitHandle]);
        if (first == 1) return false;
        // Our own reader has gone: end as SIGPIPE would end us, the container goes on. A lost daemon shows in the wait.
        return failure is CliException or LinuxException { Errno: Errno.EPIPE } ? throw failure : true;
    }

    private static void CopyInput(Stream input, HijackedStream stream, DetachKeys? keys, ManualResetEventSlim detached)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = input.Read(buffer)) > 0)
            {
                var (send, leave) = keys is null ? (buffer[..count], false) : keys.Feed(buffer.AsSpan(0, count));
                stream.Write(send);
                if (!leave) continue;
                detached.Set();
                return;
            }
            stream.CloseWrite();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The container ended while we were typing to it; its output ends too, and that is what is waited for.
        }
    }

    /// <summary>
    /// A thread of its own, since a read of a terminal blocks for good; the process may end around it.
    /// </summary>
    private static void Start(string name, ThreadStart body) =>
        new Thread(body) { IsBackground = true, Name = name }.Start();
}
