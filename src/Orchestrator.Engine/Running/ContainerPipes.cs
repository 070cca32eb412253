using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Engine.Running;

/// <summary>Pipes of containers, whether they run or not.</summary>
public sealed class ContainerPipes
{
    private readonly NodeNetwork network;
    private readonly ContainerTable table;

    internal ContainerPipes(NodeNetwork network, ContainerTable table) =>
        (this.network, this.table) = (network, table);

    /// <summary>Pipes with the names of their containers.</summary>
    public IEnumerable<(Pipe Pipe, string Container)> List() =>
        network.ListPipes().Select(pipe => (pipe, table.Find(pipe.ContainerId)?.Record.Name ?? ""));

    /// <exception cref="EngineException">The container has no network of its own.</exception>
    public async Task<Pipe> AddAsync(string reference, PipeConfig config, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        if (NetworkMode.Parse(entry.Record.Spec.Host.NetworkMode) is { Kind: not NetworkModeKind.Named } mode
            && mode.Kind != NetworkModeKind.None)
        {
            throw EngineException.Conflict(mode.Kind == NetworkModeKind.Host
                ? $"container {entry.Record.Name} is in the host's network, which has the interfaces already"
                : $"container {entry.Record.Name} is in the network of {mode.Name}; give that one the pipe");
        }

        return await network.AddPipeAsync(entry.Id, config, cancellationToken);
    }

    public async Task RemoveAsync(string reference, string interfaceName, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        await network.RemovePipeAsync(entry.Id, interfaceName, cancellationToken);
    }

    /// <summary>Commands that last, with the names of their containers, and whether these run.</summary>
    public IEnumerable<(KeptCommands Commands, string Container, bool Runs)> ListCommands() =>
        network.ListCommands().Select(one => (
            one, table.Find(one.ContainerId)?.Record.Name ?? "", table.Find(one.ContainerId)?.Run is not null));

    public async Task ForgetCommandAsync(string reference, int number, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        await network.ForgetCommandAsync(entry.Id, number, cancellationToken);
    }

    /// <summary>Id of a container that runs, in a network of its own.</summary>
    /// <exception cref="EngineException">There is none, or it does not.</exception>
    public string Running(string reference)
    {
        var entry = table.Get(reference);
        if (entry.Run is null)
            throw EngineException.Conflict($"container {entry.Record.Name} is not running; start it first");
        return network.NamespaceOf(entry.Id) is null
            ? throw EngineException.Conflict($"container {entry.Record.Name} has no network of its own")
            : entry.Id;
    }
}
