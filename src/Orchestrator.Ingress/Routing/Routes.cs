using System.Collections.Immutable;
using System.Net.Sockets;
using Orchestrator.Network.Proxying;

namespace Orchestrator.Ingress.Routing;

/// <summary>HTTP by host and path, on two ports while there are routes.</summary>
internal sealed class Routes : IAsyncDisposable
{
    private readonly Certificates certificates = new();
    private Front? plain;
    private Front? secure;

    public async Task ApplyAsync(ProxyState state, ImmutableArray<string>.Builder faults)
    {
        certificates.Apply(state, faults);
        plain = await EnsureAsync(plain, state, state.HttpPort, isTls: false, faults);
        secure = await EnsureAsync(secure, state, state.HttpsPort, isTls: true, faults);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var front in new[] { plain, secure }.OfType<Front>())
            await front.DisposeAsync();
    }

    private async Task<Front?> EnsureAsync(
        Front? front, ProxyState state, int port, bool isTls, ImmutableArray<string>.Builder faults)
    {
        if (!state.Routes.Any(r => !isTls || r.Certificate.Length > 0))
        {
            if (front is not null)
                await front.DisposeAsync();
            return null;
        }

        try
        {
            front ??= await Front.StartAsync(port, isTls ? certificates : null, state.HttpsPort);
            front.Apply(state);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            faults.Add($"port {port}/tcp, where routes answer, does not answer here: {e.Message}");
        }

        return front;
    }
}
