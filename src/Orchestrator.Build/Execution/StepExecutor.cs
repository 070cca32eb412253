using Orchestrator.Build.Cache;
using Orchestrator.Build.Copying;
using Orchestrator.Build.Planning;
using Orchestrator.Build.Syntax;
using Orchestrator.Images.Building;
using Orchestrator.Images.Layers;

namespace Orchestrator.Build.Execution;

/// <summary>Does what an instruction does to the files of its stage, or finds that it was done before.</summary>
internal sealed class StepExecutor(BuildSession session, StageTable stages, int stage)
{
    private readonly RunExecutor runs = new(session, stages, stage);
    private readonly CopyExecutor copies = new(session, stages, stage);

    public Task<StageResult> DoAsync(
        StageResult before, StepOutcome outcome, Instruction instruction, CancellationToken cancellationToken) =>
        outcome.Work switch
        {
            StepWork.Run run => runs.DoAsync(before, outcome, run, instruction, cancellationToken),
            StepWork.Copy copy => copies.DoAsync(before, outcome, copy, instruction, cancellationToken),
            StepWork.MakeFolder folder => MakeFolderAsync(before, outcome, folder.Path, instruction, cancellationToken),
            _ => Task.FromResult(before.With(outcome.Next, null, outcome.CreatedBy)),
        };

    private async Task<StageResult> MakeFolderAsync(StageResult before, StepOutcome outcome, string path,
        Instruction instruction, CancellationToken cancellationToken)
    {
        using var key = new CacheKey("folder 1").Add(before.Chain?.ToString()).Add(path).Add(LayerStep.Times(session));
        var layer = await LayerStep.DoAsync(
            session, stage, before, before, key.ToString(), outcome.CreatedBy, instruction.Original,
            (snapshot, _) => Task.Run(() => Make(snapshot, path), CancellationToken.None), cancellationToken);
        return before.With(outcome.Next, layer, outcome.CreatedBy);
    }

    private static void Make(Snapshot snapshot, string path)
    {
        using var tree = FileTree.OfSnapshot(snapshot);
        ScopedPath.MakeFolders(tree.Root, path, (0, 0));
    }
}
