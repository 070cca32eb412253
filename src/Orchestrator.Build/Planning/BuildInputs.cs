using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Planning;

/// <summary>What besides the Dockerfile decides what is built.</summary>
public sealed record BuildInputs
{
    /// <summary>A stage by name or index; empty: the last.</summary>
    public string Target { get; init; } = "";

    /// <summary><c>--build-arg</c>: null takes a name that the client has no value for.</summary>
    public ImmutableDictionary<string, string?> BuildArgs { get; init; } =
        ImmutableDictionary.Create<string, string?>(StringComparer.Ordinal);

    /// <summary><c>--label</c>: put on the target as a last step would.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What the image is to run on; null: what the builder does.</summary>
    public Platform? Platform { get; init; }

    public Platform BuildPlatform { get; init; } = Platform.Host;
}
