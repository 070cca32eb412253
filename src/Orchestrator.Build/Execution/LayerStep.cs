using System.Globalization;
using Orchestrator.Images.Building;
using Orchestrator.Images.Layers;

namespace Orchestrator.Build.Execution;

/// <summary>The way every step goes that changes files: look it up, else do it over a snapshot and keep the layer.
/// </summary>
internal static class LayerStep
{
    /// <param name="ground">What it is done on: <paramref name="before"/>, or that without its layers.</param>
    /// <param name="key">Of all that decides the outcome.</param>
    /// <param name="createdBy">The line of history that another image of this very step would have.</param>
    /// <param name="work">Changes the snapshot.</param>
    /// <param name="mountPoints">Absolute paths that are only there to be mounted on.</param>
    /// <returns>Null: nothing was changed.</returns>
    public static async Task<MadeLayer?> DoAsync(BuildSession session, int stage, StageResult before,
        StageResult ground, string key,
        string createdBy, string description, Func<Snapshot, CancellationToken, Task> work,
        CancellationToken cancellationToken, IReadOnlyCollection<string>? mountPoints = null)
    {
        if (!session.Request.NoCache)
        {
            if (session.Cache.Find(session.Lease, key) is { } known)
            {
                await SayUsedAsync(session, stage);
                return await StackAsync(session, known.Layer, before, ground, cancellationToken);
            }

            if (session.CacheImages.Find(before, createdBy) is { } lent)
            {
                await SayUsedAsync(session, stage);
                return lent.Layer is { } layer
                    ? await session.Workshop.StackAsync(session.Lease, layer, before.Chain, cancellationToken) : null;
            }
        }

        var made = await MakeAsync(session, ground, mountPoints ?? [], work, cancellationToken);
        session.Cache.Add(key, made, description);
        return await StackAsync(session, made, before, ground, cancellationToken);
    }

    /// <summary>A layer that was made on nothing is put on what the stage has.</summary>
    private static async Task<MadeLayer?> StackAsync(BuildSession session, MadeLayer? layer, StageResult before,
        StageResult ground, CancellationToken cancellationToken) =>
        layer is null || before.Chain == ground.Chain ? layer
            : await session.Workshop.StackAsync(session.Lease, layer, before.Chain, cancellationToken);

    public static async Task<MadeLayer?> MakeAsync(BuildSession session, StageResult before,
        IReadOnlyCollection<string> mountPoints, Func<Snapshot, CancellationToken, Task> work,
        CancellationToken cancellationToken)
    {
        var snapshotKey = StepKey.Next();
        var snapshot = await session.Workshop.PrepareAsync(snapshotKey, before.Chain, cancellationToken);
        try
        {
            await work(snapshot, cancellationToken);
            var writing = new LayerWriting { Newest = session.Epoch, MountPoints = mountPoints };
            return await session.Workshop.CommitAsync(
                session.Lease, snapshot, before.Chain, writing, cancellationToken);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw DiskFull.Explain(e);
        }
        finally
        {
            await session.Workshop.RemoveAsync(snapshotKey);
        }
    }

    /// <summary>What of the build's times gets into a layer.</summary>
    public static string? Times(BuildSession session) =>
        session.Epoch?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public static ValueTask SayUsedAsync(BuildSession session, int stage) => session.Output.WriteAsync(stage, new BuildMessage.Print(" ---> Using cache\n"));
}
