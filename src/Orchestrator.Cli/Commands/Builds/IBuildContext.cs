namespace Orchestrator.Cli.Commands.Builds;

/// <summary>The files of a build, wherever they come from.</summary>
internal interface IBuildContext : IDisposable
{
    /// <summary>The Dockerfile's path in the context; empty: the default.</summary>
    string Dockerfile { get; }

    /// <summary>The address that the daemon fetches the context from itself; null: it is sent.</summary>
    string? Remote => null;

    /// <summary>Writes the context as a tar.</summary>
    /// <returns>How many bytes it is.</returns>
    long Send(Stream output, bool compressed);

    /// <summary>The Dockerfile, for checks; null where it is not here to be read.</summary>
    byte[]? TryReadDockerfile();

    /// <summary>What the context's ignore file leaves out.</summary>
    Orchestrator.Build.Syntax.Patterns.IgnoreFile Ignored { get; }
}
