using Orchestrator.Build.Syntax.Patterns;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>A repository, an archive or a Dockerfile that the daemon fetches.</summary>
internal sealed class RemoteContext(string address, string file) : IBuildContext
{
    public string Dockerfile => file;

    // A bare name is a shorthand of old.
    public string Remote => address.StartsWith("github.com/", StringComparison.Ordinal) ? "https://" + address
        + (address.Contains(".git", StringComparison.Ordinal) ? "" : ".git") : address;

    public IgnoreFile Ignored => IgnoreFile.Empty;

    public long Send(Stream output, bool compressed) => 0;

    public byte[]? TryReadDockerfile() => null;

    public void Dispose()
    {
    }
}
