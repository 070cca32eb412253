using System.Collections.Frozen;
using Orchestrator.Engine.Containers;
using Orchestrator.Model;

namespace Orchestrator.Agent;

/// <summary>The secrets and configs that this node was told, in memory alone: for as long as something here needs them.
/// </summary>
public sealed class PayloadVault : IFileContents
{
    private volatile FrozenDictionary<string, P.AssignedPayload> known =
        FrozenDictionary<string, P.AssignedPayload>.Empty;

    private volatile TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal IReadOnlyCollection<P.AssignedPayload> All => known.Values;

    internal void Replace(IEnumerable<P.AssignedPayload> payloads)
    {
        known = payloads.ToFrozenDictionary(payload => payload.Id);
        var before = changed;
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        before.SetResult();
    }

    /// <summary>Completes when all are here: after a restart the next session brings them.</summary>
    /// <exception cref="UserException">One is no longer in the cluster.</exception>
    internal async Task WaitForAsync(IReadOnlyCollection<PayloadReference> references, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = changed.Task; // Taken before the look, so that no change falls in between.
            var now = known;
            if (references.FirstOrDefault(r => now.GetValueOrDefault(r.Id.Value) is { Missing: true }) is { } gone)
                throw UserException.NotFound(gone.Kind == PayloadKind.Secret ? "secret" : "config", gone.Name);
            if (references.All(r => now.ContainsKey(r.Id.Value)))
                return;
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    ReadOnlyMemory<byte>? IFileContents.TryRead(string id) =>
        known.GetValueOrDefault(id) is { Missing: false } payload ? (ReadOnlyMemory<byte>?)payload.Data.Memory : null;
}
