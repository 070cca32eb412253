namespace Orchestrator.Engine.Containers;

/// <summary>Another OCI runtime, which our shim drives through its command line.</summary>
/// <param name="Path">Of the program; a bare name is looked for on PATH.</param>
/// <param name="Arguments">Go before each of its commands.</param>
public sealed record OciRuntime(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>The name of orch-runtime itself.</summary>
    public const string Own = "orch";

    /// <returns>Null: there is no such program.</returns>
    public string? Find() => Path.Contains('/')
        ? File.Exists(Path) ? System.IO.Path.GetFullPath(Path) : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, Path)).FirstOrDefault(File.Exists);
}
