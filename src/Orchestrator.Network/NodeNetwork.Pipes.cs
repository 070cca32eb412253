using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Pipes;

namespace Orchestrator.Network;

/// <summary>Pipes: links of a container's own, beside its networks. They live as long as it does, and are plugged
/// whenever it runs.</summary>
public sealed partial class NodeNetwork
{
    private readonly PipePlumber plumber;

    // By container and interface. Replaced whole under the gate; read without it.
    private ImmutableDictionary<string, Pipe> pipes = ImmutableDictionary<string, Pipe>.Empty;

    /// <summary>Gives a container a pipe; of one that does not run it is plugged when it starts.</summary>
    /// <exception cref="NetworkException">It cannot be; nothing is left of it.</exception>
    public async Task<Pipe> AddPipeAsync(string containerId, PipeConfig config, CancellationToken cancellationToken)
    {
        var pipe = await MakePipeAsync(containerId, config, cancellationToken);
        try
        {
            if (await WaitForLeaseAsync(pipe, LeasePatience, cancellationToken))
                return pipes.GetValueOrDefault(pipe.Key) ?? pipe;
            throw new NetworkException(NetworkFault.NotFound,
                $"no DHCP server answered on {config.HostInterface} within {LeasePatience.TotalSeconds:0} s; start one, or "
                + "give an address");
        }
        catch
        {
            await RemovePipeAsync(containerId, pipe.Config.InterfaceName, CancellationToken.None);
            throw;
        }
    }

    private Task<Pipe> MakePipeAsync(string containerId, PipeConfig config, CancellationToken cancellationToken) =>
        ExclusiveAsync(() =>
        {
            var pipe = plumber.Describe(containerId, config, DateTimeOffset.UtcNow);
            if (pipes.ContainsKey(pipe.Key))
                throw new NetworkException(NetworkFault.Conflict,
                    $"the container has a pipe {pipe.Config.InterfaceName} already; choose another name with -i, or "
                    + "remove that one: orch network pipe rm");
            RefuseOwnLink(pipe);
            RefuseTakenAddress(pipe);
            Keep(pipe);
            try
            {
                Admit();
                if (sandboxes.ContainsKey(containerId))
                    Plug(pipe);
            }
            catch
            {
                Drop(pipe);
                throw;
            }

            return Task.FromResult(pipes[pipe.Key]);
        }, cancellationToken);

    /// <summary>Plugs all pipes of a container that is about to run, in the order they were asked for, and makes the
    /// routes, rules and traffic control that it keeps.</summary>
    public async Task PlugPipesAsync(string containerId, CancellationToken cancellationToken)
    {
        if (!PipesOf(containerId).Any() && CommandsOf(containerId).IsEmpty)
            return;
        await ExclusiveAsync(() =>
        {
            foreach (var pipe in PipesOf(containerId))
                PlugNamed(pipe);
            RestoreCommands(containerId);
            return Task.CompletedTask;
        }, cancellationToken);
        foreach (var pipe in PipesOf(containerId).ToList())
        {
            if (!await WaitForLeaseAsync(pipe, StartPatience, cancellationToken))
                await ExclusiveAsync(() => SayLate(pipe), cancellationToken);
        }
    }

    public Task RemovePipeAsync(string containerId, string interfaceName, CancellationToken cancellationToken) =>
        ExclusiveAsync(() =>
        {
            var pipe = pipes.GetValueOrDefault(Pipe.KeyOf(containerId, interfaceName)) ?? throw new NetworkException(
                NetworkFault.NotFound,
                $"the container has no pipe {interfaceName}; orch network pipe ls lists those there are");
            ReleaseLease(pipe);
            Unplug(pipe);
            Drop(pipe);
            ForgetCommandsOn(pipe);
            if (sandboxes.TryGetValue(containerId, out var sandbox))
                SetExit(sandbox); // The default route may have gone with it.
            return Task.CompletedTask;
        }, cancellationToken);

    /// <summary>For a container that is no more.</summary>
    public Task ForgetPipesAsync(string containerId, CancellationToken cancellationToken) =>
        pipes.Values.Any(p => p.ContainerId == containerId) || kept.ContainsKey(containerId)
            ? ExclusiveAsync(() =>
            {
                ForgetCommands(containerId);
                foreach (var pipe in PipesOf(containerId))
                    Drop(pipe);
                return Task.CompletedTask;
            }, cancellationToken)
            : Task.CompletedTask;

    public ImmutableArray<Pipe> ListPipes() =>
        [.. pipes.Values.OrderBy(p => p.ContainerId, StringComparer.Ordinal).ThenBy(p => p.Created)];

    /// <summary>Is the container's side of a pipe there now?</summary>
    public bool IsPlugged(Pipe pipe) => sandboxes.ContainsKey(pipe.ContainerId) && pipe.Fault.Length == 0;

    private IEnumerable<Pipe> PipesOf(string containerId) =>
        pipes.Values.Where(p => p.ContainerId == containerId).OrderBy(p => p.Created);

    /// <summary>Links of ours on the host that pipes need.</summary>
    private IEnumerable<string> PipeLinks =>
        pipes.Values.SelectMany(p => new[] { p.HostLink, p.Config.HostInterface });

    private static bool LeadsOut(Pipe pipe, IpFamily family) =>
        (pipe.Lease is { Router.Length: > 0 } ? pipe.Lease.Router : pipe.Config.Gateway) is { Length: > 0 } gateway
            && IpFamily.Of(gateway) == family;

    private Task SayLate(Pipe pipe)
    {
        if (pipes.GetValueOrDefault(pipe.Key) is { Fault.Length: 0 } late && keepers.ContainsKey(pipe.Key))
            Keep(late with { Fault = "no DHCP server has answered yet" });
        return Task.CompletedTask;
    }

    private void Plug(Pipe pipe)
    {
        using var container = NetNamespace.Open(paths.NamespaceOf(pipe.ContainerId));
        var located = plumber.Locate(pipe, container);
        if (located != pipe || pipe.Fault.Length > 0)
            Keep(located with { Fault = "" });
        var plugged = plumber.Plug(located, container);
        if (plugged != located)
            Keep(plugged);
        KeepLease(plugged, container);
    }

    private void PlugNamed(Pipe pipe)
    {
        try
        {
            Plug(pipe);
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            throw new NetworkException((e as NetworkException)?.Fault ?? NetworkFault.Kernel,
                $"cannot restore pipe {pipe.Config.InterfaceName} to {pipe.Config.HostInterface}: {e.Message}; mend that, "
                + "or remove the pipe: orch network pipe rm", e);
        }
    }

    private void Unplug(Pipe pipe)
    {
        DropLease(pipe);
        var path = paths.NamespaceOf(pipe.ContainerId);
        using var container = NetNamespace.IsPinned(path) ? NetNamespace.Open(path) : null;
        plumber.Unplug(pipe, container);
    }

    private void UnplugPipes(string containerId)
    {
        foreach (var pipe in PipesOf(containerId))
            Unplug(pipe);
    }

    private void UnplugAllPipes()
    {
        foreach (var pipe in pipes.Values)
            Unplug(pipe);
    }

    private void Keep(Pipe pipe)
    {
        pipeRecords.Put(pipe.Key, pipe);
        pipes = pipes.SetItem(pipe.Key, pipe);
    }

    private void Drop(Pipe pipe)
    {
        pipeRecords.Drop(pipe.Key);
        pipes = pipes.Remove(pipe.Key);
        Admit();
        RemoveIdleLinks();
    }

    /// <summary>Bridges and VLAN links that were made on demand and that nobody demands any more.</summary>
    private void RemoveIdleLinks()
    {
        try
        {
            var used = pipes.Values.Select(plumber.VlanLinkOf).OfType<string>()
                .Concat(networks.Values.Select(Parents.ParentLinks.NameOf)).ToHashSet();
            plumber.RemoveIdle([.. pipes.Values]);
            VlanLinks.RemoveIdle(host, used);
        }
        catch (NetworkException)
        {
            // The card of some pipe is not here now: whether its VLAN's link is needed cannot be told.
        }
    }

    /// <summary>After a start of the daemon: what a crash left half-made is made whole; what cannot be says so.</summary>
    private void MendPipes(IReadOnlySet<string>? containerIds)
    {
        foreach (var pipe in pipes.Values.Where(p => containerIds?.Contains(p.ContainerId) == false).ToList())
            Drop(pipe);
        foreach (var gone in kept.Keys.Where(id => containerIds?.Contains(id) == false).ToList())
            ForgetCommands(gone);
        plumber.RemoveStrangers([.. pipes.Values]);
        RemoveIdleLinks();
        foreach (var pipe in pipes.Values.Where(p => sandboxes.ContainsKey(p.ContainerId)).OrderBy(p => p.Created))
        {
            try
            {
                Plug(pipe);
            }
            catch (Exception e) when (e is NetworkException or NetlinkException or Linux.LinuxException)
            {
                Keep(pipe with { Fault = e.Message });
            }
        }

        foreach (var containerId in kept.Keys)
            RestoreCommands(containerId);
    }
}
