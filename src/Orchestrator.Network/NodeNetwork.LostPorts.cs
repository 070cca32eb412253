using System.Collections.Immutable;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network;

/// <summary>Published ports that something else took while neither orchd nor orch-net ran: they are that something's, and
/// lead to no container, until they are free.</summary>
public sealed partial class NodeNetwork
{
    /// <summary>Under it a port is tried while those that its container has stay held.</summary>
    private const string TrialOwner = "trial";

    /// <summary>With what was said when they were tried last.</summary>
    private ImmutableDictionary<(string ContainerId, PortBinding Port), string> lostPorts =
        ImmutableDictionary<(string, PortBinding), string>.Empty;

    private IEnumerable<NetworkDrift> LostPorts =>
        lostPorts.Select(lost => DriftOf(lost.Key.ContainerId, lost.Key.Port) with { Fault = lost.Value });

    /// <summary>Holds the ports of all containers, those that are held already too.</summary>
    private async Task HoldPortsAsync(CancellationToken cancellationToken)
    {
        foreach (var sandbox in sandboxes.Values.Where(s => !s.Ports.IsEmpty))
        {
            // All or none were asked for: which are they?
            if (await RefusalOfAsync(sandbox.ContainerId, sandbox.Ports, cancellationToken) is not null)
                await HoldFreeAsync(sandbox, sandbox.Ports, cancellationToken);
        }
    }

    /// <returns>Those that are published again.</returns>
    private async Task<List<NetworkDrift>> RetryLostPortsAsync(CancellationToken cancellationToken)
    {
        var before = lostPorts;
        try
        {
            foreach (var lost in before.Keys.GroupBy(key => key.ContainerId, key => key.Port))
                await HoldFreeAsync(sandboxes[lost.Key], lost, cancellationToken);
        }
        finally
        {
            // All are asked for at once, so that of those held before some may be lost now.
            if (!before.Keys.ToHashSet().SetEquals(lostPorts.Keys))
                ReplaceHostTable();
        }

        return
        [
            .. before.Keys.Where(key => !lostPorts.ContainsKey(key)).Select(key => DriftOf(key.ContainerId, key.Port)),
        ];
    }

    /// <summary>Tries ports of a container, then holds all that it has and that are not lost.</summary>
    private async Task HoldFreeAsync(
        SandboxRecord sandbox, IEnumerable<PortBinding> doubtful, CancellationToken cancellationToken)
    {
        var lost = lostPorts;
        foreach (var port in doubtful)
            lost = await TryPortAsync(port, cancellationToken) is { } refusal
                ? lost.SetItem((sandbox.ContainerId, port), refusal) : lost.Remove((sandbox.ContainerId, port));
        var rest = sandbox.Ports.RemoveAll(port => lost.ContainsKey((sandbox.ContainerId, port)));
        if (await RefusalOfAsync(sandbox.ContainerId, rest, cancellationToken) is { } fault)
            lost = lost.SetItems(rest.Select(port => KeyValuePair.Create((sandbox.ContainerId, port), fault)));
        lostPorts = lost; // Not before they are held: what fails half-way is tried again.
    }

    /// <summary>Holds a port for a moment.</summary>
    /// <returns>Null: that can be.</returns>
    private async Task<string?> TryPortAsync(PortBinding port, CancellationToken cancellationToken)
    {
        var refusal = await RefusalOfAsync(TrialOwner, [port], cancellationToken);
        await helper.AskAsync(new HelperRequest(HelperOperation.Release, TrialOwner), cancellationToken);
        return refusal;
    }

    /// <returns>Null: they are held.</returns>
    private async Task<string?> RefusalOfAsync(
        string owner, ImmutableArray<PortBinding> ports, CancellationToken cancellationToken)
    {
        try
        {
            await ReserveAsync(new HelperRequest(HelperOperation.Reserve, owner) { Ports = ports }, cancellationToken);
            return null;
        }
        catch (NetworkException e) when (e.Fault != NetworkFault.Kernel)
        {
            return e.Message;
        }
    }

    private NetworkDrift DriftOf(string containerId, PortBinding port) => new(
        $"container {sandboxes[containerId].Config.Name}", $"port {port.HostPort}/{port.Protocol} does not answer");
}
