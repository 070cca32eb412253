using Grpc.Core;
using Orchestrator.Manager;
using Orchestrator.Manager.Images;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Host;

namespace Orchestrator.Registry.Tests;

/// <summary>The replicated store of managers in one process: all see the same, and lose its leader together.</summary>
internal sealed class ClusterStore : ILeaderChannels
{
    /// <param name="endurance">How long it waits for a leader; null: a second, for tests in which none comes.</param>
    public ClusterStore(TimeSpan? endurance = null)
    {
        var state = new StoreState();
        Log = new SoloLog(state);
        Store = new ObjectStore(state, Log, TimeProvider.System);
        Names = new RegistryNames(Store, this, TimeProvider.System) { Endurance = endurance ?? TimeSpan.FromSeconds(1) };
    }

    public SoloLog Log { get; }

    public ObjectStore Store { get; }

    public RegistryNames Names { get; }

    /// <summary>From now on there is nothing to take over.</summary>
    public Task FoundAsync() => Store.UpdateAsync(
        tx => tx.RegistryStates.Create(new RegistryState { TokenKey = [1, 2, 3] }), default);

    public CallInvoker Get(string address) => throw new InvalidOperationException("nobody else can lead");
}
