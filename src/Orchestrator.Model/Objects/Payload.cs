namespace Orchestrator.Model;

public enum PayloadKind
{
    /// <summary>Shown to nobody but the tasks that refer to it.</summary>
    Secret = 0,

    Config = 1,
}

/// <summary>What tasks get as a file: a secret or a config. Its data never changes, so an id stands for one content.
/// </summary>
public sealed record Payload : IStoreObject
{
    public required PayloadId Id { get; init; }

    public Meta Meta { get; init; } = Meta.Empty;

    public required PayloadKind Kind { get; init; }

    public required Annotations Annotations { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    public string Name => Annotations.Name;

    string IStoreObject.Id => Id.Value;

    /// <summary>Without what is in it, for logs and debuggers.</summary>
    public override string ToString() => $"{Kind} {Name} ({Id})";
}
