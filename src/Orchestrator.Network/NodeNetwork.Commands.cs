using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Pipes;

namespace Orchestrator.Network;

/// <summary>Commands of iproute2 inside a container, which need no program there, and last as long as it does.</summary>
public sealed partial class NodeNetwork
{
    // By container. Replaced whole under the gate; read without it.
    private ImmutableDictionary<string, KeptCommands> kept = ImmutableDictionary<string, KeptCommands>.Empty;

    /// <param name="command"><c>route</c>, <c>rule</c> or <c>tc</c>.</param>
    /// <param name="keep">What it leaves behind is there again when the container, the daemon or the host starts anew,
    /// and when somebody took it away.</param>
    /// <returns>What a list shows; empty otherwise.</returns>
    public Task<string> RunCommandAsync(
        string containerId, string command, IReadOnlyList<string> words, bool keep, CancellationToken cancellationToken) =>
        ExclusiveAsync(() =>
        {
            RequireSandbox(containerId);
            using var container = NetNamespace.Open(paths.NamespaceOf(containerId));
            using var inside = RouteSocket.Open(container);
            try
            {
                var shown = command switch
                {
                    "route" => RouteWords.Run(inside, words),
                    "rule" => RuleWords.Run(inside, words),
                    "tc" => TrafficWords.Run(inside, words),
                    _ => throw new NetworkException(NetworkFault.Invalid, $"unknown command {command}: use route, rule or tc"),
                };
                Follow(containerId, command, words, keep);
                return Task.FromResult(shown);
            }
            catch (NetlinkException e)
            {
                throw new NetworkException(NetworkFault.Invalid, KernelAnswer.Explain(command, words, e), e);
            }
        }, cancellationToken);

    /// <returns>Commands that last, by container.</returns>
    public ImmutableArray<KeptCommands> ListCommands() =>
        [.. kept.Values.OrderBy(one => one.ContainerId, StringComparer.Ordinal)];

    /// <summary>Of a container that does not run none is in force; a command whose link or gateway is gone is not
    /// either.</summary>
    public Task<ImmutableHashSet<int>> ListCommandsInForceAsync(string containerId, CancellationToken cancellationToken) =>
        ExclusiveAsync(() =>
        {
            if (!sandboxes.ContainsKey(containerId) || CommandsOf(containerId).IsEmpty)
                return Task.FromResult(ImmutableHashSet<int>.Empty);
            using var container = NetNamespace.Open(paths.NamespaceOf(containerId));
            using var inside = RouteSocket.Open(container);
            var found = SpaceDump.Read(inside, neighbours: false, ways: false, all: true);
            return Task.FromResult(
                CommandsOf(containerId).Where(c => KeptWords.Holds(c, found)).Select(c => c.Number).ToImmutableHashSet());
        }, cancellationToken);

    /// <summary>A command lasts no longer, and what it left behind goes.</summary>
    /// <exception cref="NetworkException">The container has none of that number.</exception>
    public Task ForgetCommandAsync(string containerId, int number, CancellationToken cancellationToken) =>
        ExclusiveAsync(() =>
        {
            var commands = CommandsOf(containerId);
            if (commands.All(c => c.Number != number))
                throw new NetworkException(
                    NetworkFault.NotFound,
                    $"the container keeps no command {number}; orch network kept ls lists those there are");
            Keep(new KeptCommands(containerId, commands.RemoveAll(c => c.Number == number)));
            if (sandboxes.ContainsKey(containerId))
                Try(() => Undo(containerId, commands.First(c => c.Number == number)));
            return Task.CompletedTask;
        }, cancellationToken);

    private ImmutableArray<KeptCommand> CommandsOf(string containerId) => kept.GetValueOrDefault(containerId)?.Commands ?? [];

    /// <summary>What was told not to last ends all the same what it took the place of.</summary>
    private void Follow(string containerId, string command, IReadOnlyList<string> words, bool keep)
    {
        var before = CommandsOf(containerId);
        var after = KeptWords.After(before, command, words);
        if (!keep)
            after = after.RemoveAll(c => before.All(known => known.Number != c.Number));
        if (!after.SequenceEqual(before))
            Keep(new KeptCommands(containerId, after));
    }

    private void Keep(KeptCommands commands)
    {
        if (commands.Commands.IsEmpty)
        {
            ForgetCommands(commands.ContainerId);
            return;
        }

        keptRecords.Put(commands.ContainerId, commands);
        kept = kept.SetItem(commands.ContainerId, commands);
    }

    private void ForgetCommands(string containerId)
    {
        if (!kept.ContainsKey(containerId))
            return;
        keptRecords.Drop(containerId);
        kept = kept.Remove(containerId);
    }

    /// <summary>A pipe took what was about its interface with it.</summary>
    private void ForgetCommandsOn(Pipe pipe) => Keep(new KeptCommands(
        pipe.ContainerId,
        CommandsOf(pipe.ContainerId).RemoveAll(c => KeptWords.IsAbout(c, pipe.Config.InterfaceName))));

    private void Undo(string containerId, KeptCommand command)
    {
        using var container = NetNamespace.Open(paths.NamespaceOf(containerId));
        using var inside = RouteSocket.Open(container);
        KeptWords.Undo(command, inside);
    }

    /// <summary>Of a container that is about to run. What cannot be yet, the looking after says, and does once it
    /// can.</summary>
    private void RestoreCommands(string containerId)
    {
        if (CommandsOf(containerId) is not { IsEmpty: false } commands || !sandboxes.ContainsKey(containerId))
            return;
        using var container = NetNamespace.Open(paths.NamespaceOf(containerId));
        using var inside = RouteSocket.Open(container);
        var found = SpaceDump.Read(inside, neighbours: false, ways: false, all: true);
        foreach (var command in commands.Where(c => !KeptWords.Holds(c, found)))
            Try(() => KeptWords.Restore(command, inside));
    }
}
