using System.Collections.Immutable;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Planning;

/// <summary>What a RUN line runs, with which variables. Pure.</summary>
internal static class RunSteps
{
    public static StepOutcome Plan(StageState state, RunInstruction run)
    {
        var script = run.Script;
        var words = script.Command.Under(state.Shell);
        var args = state.VisibleArgs.OrderBy(arg => arg.Key, StringComparer.Ordinal).ToList();
        var own = args.Select(arg => $"{arg.Key}={arg.Value}").ToList();
        // Not declared, so nothing but this program learns of them.
        var proxies = state.Plan.Inputs.BuildArgs.Where(given => PredefinedArgs.IsProxy(given.Key)
            && given.Value is not null && args.All(arg => arg.Key != given.Key)).OrderBy(given => given.Key, StringComparer.Ordinal);
        ImmutableArray<string> environment = [.. state.Config.Env ?? []];
        var shown = string.Join(' ', words);
        var work = new StepWork.Run
        {
            Arguments = words,
            Script = script.FileText,
            ScriptName = script.FileName,
            Environment = [.. environment, .. own, .. proxies.Select(given => $"{given.Key}={given.Value}")],
            KeyEnvironment = [.. environment, .. own],
            User = state.Config.User ?? "",
            WorkingDirectory = state.WorkingDirectory,
            Mounts = run.Mounts(word => state.Variables.Expand(word, run.Position)),
            Network = run.Network,
            Security = run.Security,
            Shown = shown,
        };
        var history = script.FileText is { } text ? $"{shown} <<{script.FileName}\n{text}{script.FileName}" : shown;
        return new StepOutcome(
            state, work, own.Count == 0 ? history : $"|{own.Count} {string.Join(' ', own)} {history}");
    }
}
