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
            if (await RefusalOfAsync(sandbox.ContainerId, sandbox.Ports, cancellationToken) is null)
                continue;
            // All or none were asked for: which are they?
            foreach (var port in sandbox.Ports)
                await TryPortAsync(sandbox.ContainerId, port, cancellationToken);
            await HoldRestAsync(sandbox, cancellationToken);
        }
    }

    /// <returns>Those that are published again.</returns>
    private async Task<List<NetworkDrift>> RetryLostPortsAsync(CancellationToken cancellationToken)
    {
        var before = lostPorts;
        foreach (var (containerId, port) in before.Keys)
            await TryPortAsync(containerId, port, cancellationToken);
        var free = before.Keys.Where(key => !lostPorts.ContainsKey(key)).ToList();
        foreach (var containerId in free.Select(key => key.ContainerId).Distinct())
            await HoldRestAsync(sandboxes[containerId], cancellationToken);
        var back = free.FindAll(key => !lostPorts.ContainsKey(key));
        if (back.Count > 0)
            ReplaceHostTable();
        return back.ConvertAll(key => DriftOf(key.ContainerId, key.Port));
    }

    /// <summary>Holds a port for a moment, and notes whether that can be.</summary>
    private async Task TryPortAsync(string containerId, PortBinding port, CancellationToken cancellationToken)
    {
        var refusal = await RefusalOfAsync(TrialOwner, [port], cancellationToken);
        lostPorts = refusal is null
            ? lostPorts.Remove((containerId, port)) : lostPorts.SetItem((containerId, port), refusal);
        await helper.AskAsync(new HelperRequest(HelperOperation.Release, TrialOwner), cancellationToken);
    }

    /// <summary>Holds those that are not lost.</summary>
    private async Task HoldRestAsync(SandboxRecord sandbox, CancellationToken cancellationToken)
    {
        var rest = sandbox.Ports.RemoveAll(port => lostPorts.ContainsKey((sandbox.ContainerId, port)));
        if (await RefusalOfAsync(sandbox.ContainerId, rest, cancellationToken) is { } refusal)
            lostPorts = lostPorts.SetItems(rest.Select(port => KeyValuePair.Create((sandbox.ContainerId, port), refusal)));
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
