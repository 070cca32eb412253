using System.Collections.Immutable;
using Orchestrator.Build.Syntax;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Planning;

/// <summary>Advances a stage by one instruction. Pure.</summary>
public static class StageMachine
{
    /// <summary>The state after FROM.</summary>
    /// <param name="inherited">The base's configuration; null for scratch.</param>
    public static StageState Begin(BuildPlan plan, StagePlan stage, ContainerConfig? inherited, string? author)
    {
        var config = inherited ?? new ContainerConfig();
        var state = new StageState { Plan = plan, Stage = stage, Author = author, Config = config with { OnBuild = null } };
        return (config.Env ?? []).Any(line => line.StartsWith("PATH=", StringComparison.Ordinal)) ? state
            : state with { Config = state.Config with { Env = [.. config.Env ?? [], DefaultPath] } };
    }

    /// <exception cref="DockerfileException">What the words expand to makes no sense.</exception>
    public static StepOutcome Apply(StageState state, Instruction instruction) => instruction switch
    {
        RunInstruction run => RunSteps.Plan(state, run),
        CopyInstruction copy => CopySteps.Plan(state, copy),
        AddInstruction add => CopySteps.Plan(state, add),
        ArgInstruction arg => Declare(state, arg),
        WorkdirInstruction workdir => ChangeFolder(state, workdir),
        EntrypointInstruction entrypoint => SetEntrypoint(state, entrypoint),
        CmdInstruction cmd => SetCommand(state, cmd),
        _ => ConfigSteps.Plan(state, instruction),
    };

    /// <summary>A line of history for what changes no file, as docker's classic builder writes it.</summary>
    internal static string Nop(StageState state, string text) => $"{string.Join(' ', state.Shell)} #(nop)  {text}";

    private static string DefaultPath => "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static StepOutcome Declare(StageState state, ArgInstruction instruction)
    {
        var (variables, next, shown) = (state.Variables, state, new List<string>());
        foreach (var argument in instruction.Arguments)
        {
            var name = variables.Expand(argument.Name, instruction.Position);
            var text = argument.Default is { } written ? variables.Expand(written, instruction.Position) : null;
            var value = state.Plan.Inputs.BuildArgs.TryGetValue(name, out var given) && given is not null ? given
                : text ?? state.Plan.MetaArgs.GetValueOrDefault(name);
            next = next.WithArg(name, value);
            shown.Add(text is null ? name : $"{name}={text}");
        }

        return new StepOutcome(next, new StepWork.None(), Nop(state, $"ARG {string.Join(' ', shown)}"));
    }

    private static StepOutcome ChangeFolder(StageState state, WorkdirInstruction instruction)
    {
        var written = state.Variables.Expand(instruction.Path, instruction.Position);
        if (written.Length == 0)
            throw new DockerfileException("WORKDIR requires exactly one argument", instruction.Position);
        var path = UnixPath.Join(state.WorkingDirectory, written);
        var next = state with { Config = state.Config with { WorkingDir = path } };
        return new StepOutcome(next, new StepWork.MakeFolder(path), Nop(state, $"WORKDIR {path}"));
    }

    private static StepOutcome SetCommand(StageState state, CmdInstruction instruction)
    {
        string[] words = [.. instruction.Command.Under(state.Shell)];
        var next = state with { Config = state.Config with { Cmd = words }, HasOwnCommand = true };
        return new StepOutcome(next, new StepWork.None(), Nop(state, $"CMD {HistoryText.Quoted(words)}"));
    }

    /// <summary>A command of the base was meant for the base's entrypoint.</summary>
    private static StepOutcome SetEntrypoint(StageState state, EntrypointInstruction instruction)
    {
        string[] words = [.. instruction.Command.Under(state.Shell)];
        var config = state.Config with { Entrypoint = words, Cmd = state.HasOwnCommand ? state.Config.Cmd : null };
        return new StepOutcome(
            state with { Config = config }, new StepWork.None(), Nop(state, $"ENTRYPOINT {HistoryText.Quoted(words)}"));
    }
}
