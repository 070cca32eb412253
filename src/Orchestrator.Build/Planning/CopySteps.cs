using System.Collections.Immutable;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Planning;

/// <summary>What a COPY or ADD line copies. Pure.</summary>
internal static class CopySteps
{
    public static StepOutcome Plan(StageState state, CopyInstruction copy)
    {
        var from = copy.From is not { Length: > 0 } name ? null
            : StagePlanner.Source(name, state.Stage.Stage.Index, state.Plan.Dockerfile, copy.Position);
        return Plan(state, copy, Work(state, copy, copy.Files) with { From = from, Parents = copy.Parents });
    }

    public static StepOutcome Plan(StageState state, AddInstruction add) =>
        Plan(state, add, Work(state, add, add.Files) with
        {
            Checksum = add.Checksum is { } sum ? state.Variables.Expand(sum, add.Position) : null,
            KeepGitDir = add.KeepGitDir ?? false,
            Unpack = add.Unpack,
        });

    private static StepOutcome Plan(StageState state, Instruction instruction, StepWork.Copy work)
    {
        // An address may be of one file, so one is enough only where it is no pattern.
        var several = work.Sources.Length + work.Files.Length > 1;
        if (several && !work.Parents && !work.Destination.EndsWith('/') && work.Destination is not ("." or ".."))
        {
            throw new DockerfileException(
                $"When using {work.Name} with more than one source file, the destination must be a directory and "
                + "end with a /", instruction.Position);
        }

        return new StepOutcome(state, work, work.Destination);
    }

    private static StepWork.Copy Work(StageState state, Instruction instruction, CopyFlags flags)
    {
        var variables = state.Variables;
        string Expand(string word) => variables.Expand(word, instruction.Position);
        return new StepWork.Copy
        {
            Name = instruction.Name,
            Sources = [.. flags.Sources.Select(Expand)],
            Files =
            [
                .. flags.Files.Select(heredoc => (
                    heredoc.Name,
                    heredoc.Expand ? variables.ExpandText(heredoc.Text, instruction.Position) : heredoc.Text)),
            ],
            Destination = Expand(flags.Destination),
            WorkingDirectory = state.WorkingDirectory,
            Chown = flags.Chown is { } chown ? Expand(chown) : null,
            Chmod = flags.Chmod is { } chmod ? Expand(chmod) : null,
            Link = flags.Link,
            Exclude = [.. flags.Exclude.Select(Expand)],
            Position = instruction.Position,
        };
    }
}
