using System.Collections.Immutable;
using Orchestrator.Build.Execution;
using Orchestrator.Images.Building;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Cache;

/// <summary>Images that may stand in for steps: one that was built so far in the same way, on the same files, and went
/// on with this very step.</summary>
/// <remarks>That is told by its history, so any image of ours or of docker's classic builder serves, and needs nothing
/// besides.</remarks>
internal sealed class CacheImages(ImmutableArray<CacheImages.Entry> images)
{
    public static CacheImages None { get; } = new([]);

    /// <param name="Layers">Lowest first.</param>
    internal sealed record Entry(ImageConfig Config, ImmutableArray<MadeLayer> Layers);

    /// <summary>What the step came to there.</summary>
    /// <param name="Layer">Null: it changed nothing.</param>
    internal sealed record Loan(MadeLayer? Layer);

    /// <param name="before">The stage so far.</param>
    /// <param name="createdBy">The line of history that the step will have.</param>
    /// <returns>Null: none of them went this way.</returns>
    public Loan? Find(StageResult before, string createdBy)
    {
        foreach (var image in images)
        {
            if (image.Config.History is { } history && history.Length > before.History.Length
                && history[before.History.Length] is { } next && next.CreatedBy == createdBy
                && BeginsWith(image, before))
                return new Loan(next.EmptyLayer ? null : image.Layers.ElementAtOrDefault(before.Layers.Length));
        }

        return null;
    }

    private static bool BeginsWith(Entry image, StageResult before) =>
        image.Layers.Length >= before.Layers.Length
        && image.Layers.Take(before.Layers.Length).Select(layer => layer.ChainId)
            .SequenceEqual(before.Layers.Select(layer => layer.ChainId))
        && before.History.Select((entry, i) => image.Config.History![i].CreatedBy == entry.CreatedBy).All(same => same);
}
