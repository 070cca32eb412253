namespace Orchestrator.Cli.Tests;

/// <summary>A home of its own for a test's user.</summary>
internal sealed class UserFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orch-home-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Config => File.ReadAllText(this[".orch/config.json"]);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
    }

    public CliResult Run(params string[] args) => RunWith("", args);

    public CliResult RunWith(string input, params string[] args) =>
        CliResult.With(new() { ["HOME"] = Path }, input, args);

    public CliResult RunAt(string host, string input, params string[] args) =>
        CliResult.With(new() { ["HOME"] = Path, ["ORCH_HOST"] = host }, input, args);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
