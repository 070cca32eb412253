using Orchestrator.Images.Distribution;
using Orchestrator.Images.Sharing;
using Orchestrator.Model;
using Orchestrator.Security;

namespace Orchestrator.Daemon.Clustering;

/// <summary>The way to the managers' registries, for as long as this node is in a cluster.</summary>
internal sealed class ClusterRegistry : HttpMessageHandler, IClusterRegistry
{
    public const int Port = ClusterPorts.Registry;

    private volatile Member? member;

    private sealed record Member(Membership Membership, HttpMessageInvoker Invoker);

    IReadOnlyList<Uri> IClusterRegistry.Managers => Registries(member);

    HttpMessageHandler IClusterRegistry.Handler => this;

    /// <summary>A manager is a registry itself: what it lacks it gets from the other managers.</summary>
    IBlobPeers? IClusterRegistry.Peers =>
        member is { Membership: { IsManager: false } membership } ? membership.Exchange : null;

    /// <summary>From now on this membership's managers are asked, with its certificate; null: nobody.</summary>
    public void Use(Membership? membership, TimeProvider time)
    {
        var before = member;
        member = membership is null
            ? null
            : new(
                membership, new HttpMessageInvoker(
                ClusterHandlers.Mutual(membership.Identity, time, NodeRole.Manager)));
        before?.Invoker.Dispose();
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        member is { } current
            ? current.Invoker.SendAsync(request, cancellationToken)
            : throw new HttpRequestException("this node is in no cluster");

    private static Uri[] Registries(Member? member)
    {
        if (member is null)
            return [];
        var own = member.Membership.State.AdvertiseAddress;
        // A manager asks itself first, which is always near; the others in an order of their own choosing.
        return [.. member.Membership.State.Managers
            .Select(Addresses.HostOf)
            .Where(host => host != own || member.Membership.IsManager)
            .Distinct()
            .OrderByDescending(host => host == own)
            .Select(host => new Uri($"https://{Addresses.Join(host, Port)}"))];
    }
}
