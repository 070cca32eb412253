using System.Collections.Immutable;
using Orchestrator.Build.Planning;
using Orchestrator.Build.Syntax;
using Orchestrator.Images;
using Orchestrator.Images.Building;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Execution;

/// <summary>Builds one stage, instruction by instruction.</summary>
internal sealed class StageBuilder(BuildSession session, StageTable stages, StagePlan stage)
{
    private readonly int index = stage.Stage.Index;
    private readonly StepExecutor steps = new(session, stages, stage.Stage.Index);
    private int step = stage.FirstStep;

    public async Task<StageResult> BuildAsync(CancellationToken cancellationToken)
    {
        await SayAsync($"Step {step++}/{session.Plan.StepCount} : {stage.Stage.From.Original}\n");
        var result = await BeginAsync(cancellationToken);
        await SayAsync($" ---> {ShortId(result)}\n");
        result = await TriggerAsync(result, cancellationToken);
        foreach (var instruction in stage.Stage.Instructions)
        {
            await SayAsync($"Step {step++}/{session.Plan.StepCount} : {instruction.Original}\n");
            result = await ApplyAsync(result, instruction, cancellationToken);
        }

        if (index == session.Plan.Target.Stage.Index && LabelStep() is { } labels)
        {
            await SayAsync($"Step {step++}/{session.Plan.StepCount} : {labels.Original}\n");
            result = await ApplyAsync(result, labels, cancellationToken);
        }

        return result;
    }

    private async Task<StageResult> BeginAsync(CancellationToken cancellationToken)
    {
        switch (stage.Base)
        {
            case StageBase.OfStage other:
                var below = await stages.GetAsync(other.Index, cancellationToken);
                return below with
                {
                    State = StageMachine.Begin(session.Plan, stage, below.State.Config, below.State.Author),
                };
            case StageBase.OfImage(var name):
                var image = await BaseImages.GetAsync(session, name, stage.Platform, index, cancellationToken);
                var layers = await session.Workshop.LayersOfAsync(session.Lease, image, cancellationToken);
                return new StageResult(
                    StageMachine.Begin(session.Plan, stage, image.Config.Config, image.Config.Author), layers,
                    [.. image.Config.History ?? []], image.Config.Platform, image);
            default:
                return new StageResult(
                    StageMachine.Begin(session.Plan, stage, null, null), [], [], stage.Platform, null);
        }
    }

    /// <summary>What the base keeps for those who build on it runs right after FROM.</summary>
    private async Task<StageResult> TriggerAsync(StageResult result, CancellationToken cancellationToken)
    {
        var triggers = stage.Base is StageBase.OfStage
            ? [] : (result.Base?.Config.Config?.OnBuild ?? []).Where(trigger => trigger.Trim().Length > 0).ToList();
        if (triggers.Count == 0)
            return result;
        await SayAsync(triggers.Count == 1 ? "# Executing 1 build trigger\n" : $"# Executing {triggers.Count} build triggers\n");
        foreach (var trigger in triggers)
            result = await ApplyAsync(result, DockerfileParser.ParseInstruction(trigger), cancellationToken);
        return result;
    }

    private async Task<StageResult> ApplyAsync(
        StageResult result, Instruction instruction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var outcome = StageMachine.Apply(result.State, instruction);
        var next = await steps.DoAsync(result, outcome, instruction, cancellationToken);
        await SayAsync($" ---> {ShortId(next)}\n");
        return next;
    }

    /// <summary>Labels of the command line, as one more line of the target.</summary>
    private LabelInstruction? LabelStep()
    {
        var labels = session.Plan.Inputs.Labels;
        if (labels.Count == 0)
            return null;
        var words = labels.Select(label => $"{Words.Quote(label.Key)}={Words.Quote(label.Value)}");
        return (LabelInstruction)DockerfileParser.ParseInstruction($"LABEL {string.Join(' ', words)}");
    }

    private ValueTask SayAsync(string text) => session.Output.WriteAsync(index, new BuildMessage.Print(text));

    /// <summary>What is not stored until the end has the name it would have; only the last step's is an image's.</summary>
    private static string ShortId(StageResult result) =>
        result.IsItsBase ? result.Base!.Id.ShortHex
            : Digest.Of(ImageJson.Write(result.ToImage(created: null))).ShortHex;
}
