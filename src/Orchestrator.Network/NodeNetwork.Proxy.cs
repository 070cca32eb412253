using System.Collections.Immutable;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Proxying;

namespace Orchestrator.Network;

/// <summary>What of the ingress no table can do: orch-ingress does it, in the host's namespace.</summary>
public sealed partial class NodeNetwork
{
    private async Task ApplyProxyAsync(
        IngressView ingress, ImmutableArray<string>.Builder faults, CancellationToken cancellationToken)
    {
        var shells = SshPorts.Of(options.SshConfig);
        foreach (var port in ingress.Ports.Where(p => p.HasProxyHeader && shells.Contains(p.PublishedPort)))
            faults.Add(IsOfSsh(port));
        try
        {
            faults.AddRange(await proxy.ApplyAsync(ProxyStateOf(ingress, shells), cancellationToken));
        }
        catch (Exception e) when (e is NetworkException or IOException)
        {
            faults.Add(e.Message); // The rest of the view is done all the same.
        }
    }

    private ProxyState ProxyStateOf(IngressView ingress, IReadOnlySet<int> shells) => new()
    {
        Relays =
        [
            .. ingress.Ports.Where(p => p.HasProxyHeader && !shells.Contains(p.PublishedPort)).Select(p => new ProxyRelay(
                p.PublishedPort, At(p.Backends, p.TargetPort), At(p.Draining, p.TargetPort), p.IsSticky)),
        ],
        Routes =
        [
            .. ingress.Routes.Select(r => new ProxyRoute(
                r.ServiceId, r.Host, r.Path, r.Certificate, At(r.Backends, r.TargetPort), r.IsSticky)
            {
                IsHttp2 = r.IsHttp2,
            }),
        ],
        Certificates = proxy.WithKnown(ingress.Certificates, ingress.Routes.Select(r => r.Certificate)),
    };

    private IEnumerable<NetworkDrift> MendProxy()
    {
        const string Finding = "orch-ingress had ended";
        try
        {
            return proxy.EnsureRuns() ? [new NetworkDrift("host", Finding)] : [];
        }
        catch (NetworkException e)
        {
            return [new NetworkDrift("host", Finding, e.Message)];
        }
    }

    /// <summary>Of IPv4: every task has such an address, whatever its clients speak.</summary>
    private static ImmutableArray<string> At(ImmutableArray<string> addresses, int port) =>
        [.. addresses.Where(address => !address.Contains(':', StringComparison.Ordinal)).Select(address => $"{address}:{port}")];
}
