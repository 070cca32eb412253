using Orchestrator.Model;
using Orchestrator.Store.Host;
using Orchestrator.Store.Watching;

namespace Orchestrator.Store.Tests;

/// <summary>A store on a log of one member, and that log's entries.</summary>
internal sealed class StoreFixture
{
    public StoreFixture(StoreOptions? options = null, WatchOptions? watch = null)
    {
        State = new StoreState(watch);
        Recorder = new RecordingState(State);
        Log = new SoloLog(Recorder);
        // The pause of a transaction that keeps colliding has to end by itself.
        Store = new ObjectStore(State, Log, TimeProvider.System, options);
    }

    public StoreState State { get; }

    public RecordingState Recorder { get; }

    public SoloLog Log { get; }

    public ObjectStore Store { get; }

    public static Service Service(string id, string name, string image = "web:1") => new()
    {
        Id = new ServiceId(id),
        Spec = new ServiceSpec
        {
            Annotations = Annotations.Named(name),
            Task = new TaskSpec { Container = new ContainerSpec { Image = image } },
        },
    };

    public Task Put(params Service[] services) => Store.UpdateAsync(
        tx =>
        {
            foreach (var service in services)
                tx.Services.Create(service);
        },
        CancellationToken.None);

    /// <summary>Passes everything on and keeps the entries.</summary>
    internal sealed class RecordingState(IReplicatedState inner) : IReplicatedState
    {
        public List<(ulong Index, byte[] Bytes)> Entries { get; } = [];

        public void Apply(ulong index, ulong term, ReadOnlyMemory<byte> entry)
        {
            Entries.Add((index, entry.ToArray()));
            inner.Apply(index, term, entry);
        }

        public void LeadershipChanged(bool leading, ulong term) => inner.LeadershipChanged(leading, term);

        public Action<Stream> CaptureSnapshot() => inner.CaptureSnapshot();

        public void Restore(ulong index, Stream snapshot) => inner.Restore(index, snapshot);
    }
}
