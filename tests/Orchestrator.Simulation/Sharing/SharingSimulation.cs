using Orchestrator.Manager.Sharing;
using Orchestrator.Model;

namespace Orchestrator.Simulation.Sharing;

/// <summary>
/// Nodes with bandwidth that pull one image, directed by the real tracker. Time goes in steps of 50 ms; the same seed
/// gives the same run.
/// </summary>
internal sealed class SharingSimulation
{
    private const double Step = 0.05;
    private const int Concurrency = 3;

    /// <summary>As the agents have it; see PeerDownload.</summary>
    private const int MaxFailures = 8;
    private const double MinBytesPerSecond = 128 * 1024;
    private const double BasePatience = 5;

    private readonly SharingScenario scenario;
    private readonly Random random;
    private readonly Dictionary<NodeId, SimPeer> peers;
    private BlobTracker tracker = new(new SharingOptions());
    private double clock;

    public SharingSimulation(SharingScenario scenario, int seed)
    {
        this.scenario = scenario;
        random = new Random(seed);
        peers = Enumerable.Range(0, scenario.Nodes).Select(Make).ToDictionary(p => p.Id);
        foreach (var liar in peers.Values.Where(p => p.IsLiar))
        {
            liar.Has.UnionWith(Enumerable.Range(0, scenario.LayerBytes.Length));
            Announce(liar);
        }
    }

    public double RegistryBytes { get; private set; }

    public double PeerBytes { get; private set; }

    public int MostBranches { get; private set; }

    public double Copies => RegistryBytes / scenario.LayerBytes.Sum();

    public IEnumerable<SimPeer> Survivors => peers.Values.Where(p => p.IsUp);

    /// <summary>When the last ended of those that are not slow themselves.</summary>
    public double QuickEndedAt =>
        Survivors.Where(p => p.Rate >= scenario.BytesPerSecond).Max(p => p.EndedAt ?? double.PositiveInfinity);

    public double EndedAt => Survivors.Max(p => p.EndedAt ?? double.PositiveInfinity);

    private DateTimeOffset Now => DateTimeOffset.UnixEpoch.AddSeconds(clock);

    public void Run(double limitSeconds)
    {
        var nextReport = 5.0;
        var nextLoss = scenario.TrackerLossSeconds;
        while (clock < limitSeconds && Survivors.Any(p => p.EndedAt is null))
        {
            clock += Step;
            if (clock > nextLoss)
            {
                (tracker, nextLoss) = (new BlobTracker(new SharingOptions()), null);
                foreach (var peer in Survivors)
                    Announce(peer);
            }

            Crash();
            foreach (var peer in Survivors.Where(p => p.StartsAt <= clock && p.EndedAt is null))
                BeginLayers(peer);
            Move();
            foreach (var peer in Survivors.ToList())
                Watch(peer);
            if (clock >= nextReport)
            {
                nextReport += 5;
                Report();
            }
        }
    }

    private SimPeer Make(int number) => new(
        new NodeId($"n{number:00}"), number >= 1 && number <= scenario.Slow ? scenario.BytesPerSecond / 50
            : scenario.BytesPerSecond)
    {
        StartsAt = random.NextDouble() * scenario.StartSeconds,
        // Every scenario but the one that is about them begins with a node that crashes and that others read from.
        CrashesAt = number < scenario.Crashing ? random.NextDouble() * scenario.CrashSeconds : double.MaxValue,
        IsLiar = number >= scenario.Nodes - scenario.Liars,
        EndedAt = number >= scenario.Nodes - scenario.Liars ? 0 : null,
    };

    private static string Blob(int layer) => $"sha256:{layer}";

    private void Crash()
    {
        foreach (var peer in Survivors.Where(p => p.CrashesAt <= clock).ToList())
        {
            peer.IsUp = false;
            peer.Reads.Clear();
            // A process that died resets its connections at once; a host that died is silent.
            if (random.Next(2) == 0)
            {
                foreach (var cut in peers.Values.SelectMany(p => p.Reads.Values).Where(r => r.Source == peer))
                    cut.Fails = (clock + Step, SourceFault.Broken);
            }
        }
    }

    private void BeginLayers(SimPeer peer)
    {
        for (; peer.Reads.Count < Concurrency && peer.Next < scenario.LayerBytes.Length; peer.Next++)
        {
            var download = new SimDownload();
            peer.Reads[peer.Next] = download;
            Ask(peer, peer.Next, download, SourceFault.None);
        }
    }

    private void Ask(SimPeer peer, int layer, SimDownload download, SourceFault fault)
    {
        var failed = download.Source?.Id;
        download.Failures += fault is SourceFault.None or SourceFault.Slow ? 0 : 1;
        if (download.Failures > MaxFailures)
            download.IsAlone = true;
        var choice = tracker.Find(peer.Id, Blob(layer), (long)download.Bytes, fault, failed, MayServe, Now);
        if (choice.IsAnew || fault == SourceFault.Damaged)
        {
            (download.Bytes, download.IsDamaged) = (0, false);
            download.Generation++;
        }

        download.Source = download.IsAlone || choice.Node is not { } id ? null : peers[id];
        download.SourceGeneration = GenerationOf(download.Source, layer);
        download.Fails = download.Source is { IsUp: false }
            ? (clock + (random.Next(2) == 0 ? Step : BasePatience), SourceFault.Unreachable) : null;
        download.Watch = (clock, download.Bytes, BasePatience + Math.Min(choice.Depth, 20));
        MostBranches = Math.Max(MostBranches, peers.Values.SelectMany(p => p.Reads)
            .Where(r => r.Key == layer).Select(r => r.Value.Source).OfType<SimPeer>().CountBy(p => p)
            .Select(c => c.Value).DefaultIfEmpty().Max());
    }

    /// <summary>The managers hear for ten seconds nothing of a node's death.</summary>
    private bool MayServe(NodeId node) => peers[node].IsUp || peers[node].CrashesAt > clock - 10;

    private static int GenerationOf(SimPeer? source, int layer) =>
        source?.Reads.GetValueOrDefault(layer)?.Generation ?? 0;

    /// <summary>Bytes flow: each end shares its bandwidth among the streams that can move.</summary>
    private void Move()
    {
        var streams = Survivors.SelectMany(p => p.Reads.Select(r => (Peer: p, Layer: r.Key, Download: r.Value)))
            .Where(s => Available(s.Download, s.Layer) > s.Download.Bytes).ToList();
        var outgoing = streams.Select(s => s.Download.Source).OfType<SimPeer>().CountBy(p => p).ToDictionary();
        var incoming = streams.CountBy(s => s.Peer).ToDictionary();
        var fed = streams.Count(s => s.Download.Source is null);
        foreach (var (peer, layer, download) in streams)
        {
            var rate = download.Source is { } source
                ? Math.Min(source.Rate / outgoing[source], peer.Rate / incoming[peer])
                : Math.Min(scenario.BytesPerSecond / fed, peer.Rate / incoming[peer]);
            var bytes = Math.Min(rate * Step, Available(download, layer) - download.Bytes);
            download.Bytes += bytes;
            if (download.Source is null)
                RegistryBytes += bytes;
            else
                PeerBytes += bytes;
            download.IsDamaged |= download.Source is { } from
                && (from.IsLiar || (from.Reads.TryGetValue(layer, out var its) && its.IsDamaged));
        }
    }

    /// <summary>All, or all but the last byte of what the source is reading itself.</summary>
    private double Available(SimDownload download, int layer) => download.Source switch
    {
        null => scenario.LayerBytes[layer],
        { IsUp: false } => download.Bytes,
        var source when source.Has.Contains(layer) => scenario.LayerBytes[layer],
        var source when source.Reads.TryGetValue(layer, out var its) =>
            Math.Min(its.Bytes, scenario.LayerBytes[layer] - 1),
        _ => download.Bytes,
    };

    private void Watch(SimPeer peer)
    {
        foreach (var (layer, download) in peer.Reads.ToList())
        {
            if (download.Bytes >= scenario.LayerBytes[layer])
                End(peer, layer, download);
            else if (download.Source is { } source)
                WatchSource(peer, layer, download, source);
        }
    }

    private void WatchSource(SimPeer peer, int layer, SimDownload download, SimPeer source)
    {
        if (download.Fails is { } failing && failing.Time <= clock)
        {
            Ask(peer, layer, download, failing.Fault);
            return;
        }

        if (source.IsUp && !source.Has.Contains(layer)
            && (!source.Reads.TryGetValue(layer, out var its) || its.Generation != download.SourceGeneration))
        {
            Ask(peer, layer, download, source.Reads.ContainsKey(layer) ? SourceFault.Broken : SourceFault.Missing);
            return;
        }

        var (time, bytes, patience) = download.Watch;
        if (clock - time < patience)
            return;
        if (download.Bytes - bytes < MinBytesPerSecond * patience)
            Ask(peer, layer, download, SourceFault.Slow);
        else
            download.Watch = (clock, download.Bytes, patience);
    }

    private void End(SimPeer peer, int layer, SimDownload download)
    {
        if (download.IsDamaged)
        {
            Ask(peer, layer, download, SourceFault.Damaged);
            return;
        }

        peer.Reads.Remove(layer);
        peer.Has.Add(layer);
        tracker.AddHolder(peer.Id, Blob(layer), scenario.LayerBytes[layer], Now);
        if (peer.Has.Count == scenario.LayerBytes.Length)
            peer.EndedAt = clock;
    }

    /// <summary>As when a session with another manager begins.</summary>
    private void Announce(SimPeer peer)
    {
        foreach (var layer in peer.Has)
            tracker.AddHolder(peer.Id, Blob(layer), scenario.LayerBytes[layer], Now);
    }

    private void Report()
    {
        foreach (var peer in Survivors)
        {
            foreach (var (layer, download) in peer.Reads)
            {
                if (tracker.Progress(
                    peer.Id, Blob(layer), (long)download.Bytes, download.Source?.Id, MayServe, Now))
                    Ask(peer, layer, download, SourceFault.Slow);
            }
        }
    }
}
