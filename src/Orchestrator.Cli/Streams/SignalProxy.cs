using System.Runtime.InteropServices;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Streams;

/// <summary>Hands the signals this process gets on to a container, as <c>--sig-proxy</c> promises.</summary>
internal sealed class SignalProxy : IDisposable
{
    private static readonly (int Number, string Name)[] Forwarded =
        [(1, "HUP"), (2, "INT"), (3, "QUIT"), (10, "USR1"), (12, "USR2"), (15, "TERM")];

    private readonly List<PosixSignalRegistration> _registrations = [];

    public SignalProxy(ApiClient client, string containerId)
    {
        foreach (var (number, name) in Forwarded)
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, context =>
            {
                context.Cancel = true;
                Kill(client, containerId, name);
            }));
    }

    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

    private static void Kill(ApiClient client, string containerId, string signal)
    {
        try
        {
            client.Post($"/containers/{containerId}/kill?signal={signal}");
        }
        catch (Exception e) when (e is DaemonException or CliException)
        {
            // Not running yet, or ended this moment: the wait that goes on tells which.
        }
    }
}
