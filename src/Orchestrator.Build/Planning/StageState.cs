using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Planning;

/// <summary>Where a stage has got to, but for its files. Immutable: each instruction makes another.</summary>
public sealed record StageState
{
    public required BuildPlan Plan { get; init; }

    public required StagePlan Stage { get; init; }

    /// <summary>What a container of the stage would run by default.</summary>
    public required ContainerConfig Config { get; init; }

    public string? Author { get; init; }

    /// <summary>Arguments declared so far, in that order, and their values; null: none was given.</summary>
    public ImmutableArray<KeyValuePair<string, string?>> Args { get; init; } = [];

    /// <summary>This very stage has said what to run, so that a later ENTRYPOINT leaves it.</summary>
    public bool HasOwnCommand { get; init; }

    public string WorkingDirectory => Config.WorkingDir is { Length: > 0 } folder ? folder : "/";

    /// <summary>What shell forms run under.</summary>
    public IReadOnlyList<string> Shell => Config.Shell is { Length: > 0 } shell ? shell : ["/bin/sh", "-c"];

    /// <summary>Looks words up as this state has them: the environment first, then arguments.</summary>
    public Variables Variables => new(Look, Plan.Dockerfile.Directives.Escape);

    /// <summary>Arguments that a program sees: those that have a value, and are not hidden by the environment.</summary>
    public IEnumerable<KeyValuePair<string, string>> VisibleArgs =>
        Args.Where(arg => arg.Value is not null && EnvOf(arg.Key) is null)
            .Select(arg => KeyValuePair.Create(arg.Key, arg.Value!));

    public StageState WithArg(string name, string? value) => this with
    {
        Args = [.. Args.Where(arg => arg.Key != name), KeyValuePair.Create(name, value)],
    };

    public StageState WithEnv(string name, string value)
    {
        var line = $"{name}={value}";
        var env = Config.Env ?? [];
        var at = Array.FindIndex(env, known => known.StartsWith(name + "=", StringComparison.Ordinal));
        return this with
        {
            Config = Config with { Env = at < 0 ? [.. env, line] : [.. env[..at], line, .. env[(at + 1)..]] },
        };
    }

    private string? Look(string name) =>
        EnvOf(name) ?? Args.FirstOrDefault(arg => arg.Key == name).Value;

    private string? EnvOf(string name) => Config.Env?
        .FirstOrDefault(known => known.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
