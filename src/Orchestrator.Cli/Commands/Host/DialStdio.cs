using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Host;

/// <summary><c>system dial-stdio</c>: joins its own streams to the daemon's. What an <c>ssh://</c> host runs.</summary>
internal sealed class DialStdio : Command
{
    public override string Usage => "";

    public override Arity Arity => Arity.None;

    public override string[] Examples => ["orch -H ssh://me@far ps   # runs \"orch system dial-stdio\" on far"];

    public override int Run(Session session, List<string> args)
    {
        using var daemon = session.Endpoint.Address.Dial();
        new Thread(() => Send(session.Input, daemon)) { IsBackground = true, Name = "stdin" }.Start();
        try
        {
            daemon.Stream.CopyTo(session.RawOutput); // The daemon has the last word, not our input.
        }
        catch (IOException)
        {
            // One of the two ends has gone, and there is nobody to tell.
        }
        return 0;
    }

    private static void Send(Stream input, DaemonStream daemon)
    {
        try
        {
            input.CopyTo(daemon.Stream);
            daemon.CloseWrite();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The daemon has gone; that ends the other direction too.
        }
    }
}
