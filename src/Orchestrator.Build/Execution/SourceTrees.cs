using Orchestrator.Build.Copying;
using Orchestrator.Build.Planning;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Execution;

/// <summary>Opens what steps take files from: the context, a stage, an image.</summary>
internal sealed class SourceTrees(BuildSession session, StageTable stages, int stage)
{
    /// <summary>Files of a stage or image, by the layers that hold them.</summary>
    /// <param name="Chain">Names the files; null: there are none.</param>
    internal sealed record Source(Digest? Chain);

    /// <param name="from">Null: the context, and so is the answer.</param>
    public async Task<Source?> ResolveAsync(StageBase? from, CancellationToken cancellationToken)
    {
        switch (from)
        {
            case null:
                return null;
            case StageBase.OfStage other:
                return new Source((await stages.GetAsync(other.Index, cancellationToken)).Chain);
            case StageBase.OfImage(var name):
                var image = await BaseImages.GetAsync(
                    session, name, session.Plan.Stages[stage].Platform, stage, cancellationToken);
                var layers = await session.Workshop.LayersOfAsync(session.Lease, image, cancellationToken);
                return new Source(layers.IsEmpty ? null : layers[^1].ChainId);
            default:
                return new Source(null);
        }
    }

    public FileTree Open(Source? source) => source is null
        ? FileTree.OfFolder(session.Request.Context) : FileTree.OfLayers(session.Workshop.Folders(source.Chain));
}
