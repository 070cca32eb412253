using System.Collections.Immutable;
using Orchestrator.Build.Cache;
using Orchestrator.Build.Planning;
using Orchestrator.Build.Syntax;
using Orchestrator.Images;

namespace Orchestrator.Build.Execution;

/// <summary>One build that somebody asked for.</summary>
public sealed record BuildRequest
{
    public required Dockerfile Dockerfile { get; init; }

    /// <summary>Folder of the files that COPY and ADD find; it is the caller's, and stays as it is.</summary>
    public required string Context { get; init; }

    public BuildInputs Inputs { get; init; } = new();

    /// <summary>Names for the image.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Runs every step, whatever is known of it.</summary>
    public bool NoCache { get; init; }

    /// <summary>Asks registries for bases that are here.</summary>
    public bool Pull { get; init; }

    /// <summary>Images whose layers may stand in for steps.</summary>
    public ImmutableArray<CacheSource> CacheFrom { get; init; } = [];

    /// <summary>Repositories that the image is pushed to, to be another build's <see cref="CacheFrom"/>.</summary>
    public ImmutableArray<CacheTarget> CacheTo { get; init; } = [];

    /// <summary>Repository where each other stage that was needed is tagged with its number; empty: none is.</summary>
    public string StageRepository { get; init; } = "";

    /// <summary>The login for a registry, by its host; null: none is known.</summary>
    public Func<string, RegistryCredentials?> Credentials { get; init; } = _ => null;

    /// <summary>Network of RUN steps that name none.</summary>
    public string NetworkMode { get; init; } = "default";

    /// <summary>RUN steps may ask for <c>--security=insecure</c>.</summary>
    public bool AllowsInsecure { get; init; }

    /// <summary>RUN steps may ask for <c>--network=host</c>, though <see cref="NetworkMode"/> is another.</summary>
    public bool AllowsHostNetwork { get; init; }

    public StepLimits Limits { get; init; } = new();

    /// <summary>Content of the secrets that steps may mount, by their ids.</summary>
    public ImmutableDictionary<string, byte[]> Secrets { get; init; } =
        ImmutableDictionary.Create<string, byte[]>(StringComparer.Ordinal);

    /// <summary>Sockets of SSH agents on this host that steps may mount, by their ids.</summary>
    public ImmutableDictionary<string, string> SshAgents { get; init; } =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Makes one layer of all that the build adds to its base.</summary>
    public bool Squash { get; init; }
}
