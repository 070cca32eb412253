using System.Collections.Immutable;
using Orchestrator.Build.Planning;
using Orchestrator.Images;
using Orchestrator.Images.Building;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Execution;

/// <summary>What a stage has come to.</summary>
/// <param name="Layers">Lowest first.</param>
/// <param name="History">One entry a step; those without a time are of this build.</param>
/// <param name="Base">The image it began with; null for scratch.</param>
internal sealed record StageResult(
    StageState State, ImmutableArray<MadeLayer> Layers, ImmutableArray<HistoryEntry> History, Platform Platform,
    Image? Base)
{
    /// <summary>Names the files: the topmost layer with all below; null for none.</summary>
    public Digest? Chain => Layers.IsEmpty ? null : Layers[^1].ChainId;

    /// <summary>Whether nothing was added to the image it began with.</summary>
    public bool IsItsBase => Base is { } on && History.Length == (on.Config.History ?? []).Length;

    /// <summary>The image as it would be now.</summary>
    /// <param name="created">Time of this build's entries; null leaves it out.</param>
    public ImageConfig ToImage(DateTimeOffset? created) => new()
    {
        Architecture = Platform.Architecture,
        Os = Platform.Os,
        OsVersion = Platform.OsVersion,
        Variant = Platform.Variant,
        Author = string.IsNullOrEmpty(State.Author) ? null : State.Author,
        Created = created,
        Config = State.Config,
        RootFs = new RootFs { DiffIds = [.. Layers.Select(layer => layer.DiffId)] },
        History = [.. History.Select(entry => entry.Created is null ? entry with { Created = created } : entry)],
    };

    public StageResult With(StageState state, MadeLayer? layer, string createdBy) => this with
    {
        State = state,
        Layers = layer is null ? Layers : Layers.Add(layer),
        History = History.Add(new HistoryEntry { CreatedBy = createdBy, EmptyLayer = layer is null }),
    };
}
