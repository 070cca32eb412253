using System.Text.Json.Nodes;

namespace Orchestrator.Cli.Contexts;

/// <summary>A daemon under a name: where it is, and how a client proves itself to it.</summary>
internal sealed record ContextEntry(string Name)
{
    public const string DefaultName = "default";

    public string Description { get; init; } = "";

    public string Host { get; init; } = "";

    public bool SkipTlsVerify { get; init; }

    public TlsFiles Tls { get; init; } = TlsFiles.None;

    /// <summary>What else others keep in the metadata, kept as it is.</summary>
    public JsonObject Metadata { get; init; } = [];

    public bool IsDefault => Name == DefaultName;
}
