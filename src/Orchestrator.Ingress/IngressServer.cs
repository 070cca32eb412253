using System.Collections.Immutable;
using Orchestrator.Ingress.Relaying;
using Orchestrator.Ingress.Routing;
using Orchestrator.Network.Proxying;

namespace Orchestrator.Ingress;

/// <summary>Does what the state says, as often as that changes; ends when nothing is left to do.</summary>
internal sealed class IngressServer(ProxyFolder folder) : IAsyncDisposable
{
    /// <summary>A file that is replaced tells at once; that it did is looked for all the same.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<int, Relay> relays = [];
    private readonly Routes routes = new();
    private readonly SemaphoreSlim told = new(0);
    private readonly SemaphoreSlim room = RelayRoom.OfProcess();
    private string version = "";

    /// <summary>What the daemon is to hear; null: it has.</summary>
    private ProxyStatus? unsaid;

    public async Task RunAsync()
    {
        using var watcher = new FileSystemWatcher(folder.Root, Path.GetFileName(folder.StateFile));
        watcher.Renamed += (_, _) => told.Release();
        watcher.EnableRaisingEvents = true;
        while (await LookAsync())
            await told.WaitAsync(Pause);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in relays.Values)
            await relay.DisposeAsync();
        await routes.DisposeAsync();
        told.Dispose();
        room.Dispose();
    }

    /// <returns>False: there is nothing left to do.</returns>
    private async Task<bool> LookAsync()
    {
        try
        {
            if (folder.State() is not { } known)
                return false;
            if (known.Version != version)
                await ApplyAsync(known.State, known.Version);
            Say();
            return !known.State.IsEmpty || (!known.State.EndsAtOnce && relays.Count > 0);
        }
        catch (IOException)
        {
            return true; // Clients may have used up the descriptors, or others the disk: whoever is served is served on.
        }
    }

    private void Say()
    {
        if (unsaid is null)
            return;
        folder.Put(unsaid);
        unsaid = null;
    }

    private async Task ApplyAsync(ProxyState state, string next)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        foreach (var wanted in state.Relays)
            Apply(wanted, faults);
        foreach (var (port, relay) in relays.Where(r => state.Relays.All(w => w.Port != r.Key)).ToList())
        {
            // Those whom it serves stay served; the port is free for somebody else.
            if (relay.Close())
                relays.Remove(port);
        }

        await routes.ApplyAsync(state, faults);
        // Not done yet is what could not be: it is tried again at the next look.
        version = relays.Values.Any(r => r.IsClosed) || faults.Count > 0 ? "" : next;
        unsaid = new ProxyStatus(next, faults.ToImmutable());
    }

    private void Apply(ProxyRelay wanted, ImmutableArray<string>.Builder faults)
    {
        try
        {
            if (!relays.TryGetValue(wanted.Port, out var relay) || relay.IsClosed)
                relays[wanted.Port] = relay = Relay.Listen(wanted.Port, room);
            relay.Serve(wanted);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            faults.Add($"port {wanted.Port}/tcp does not answer here: {e.Message}");
        }
    }
}
