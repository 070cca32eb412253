namespace Orchestrator.Api.Swarm;

/// <summary>What GET /secrets/{id} and /configs/{id} have in common, which is all; their names are in what a template is
/// told of a field that is not there.</summary>
public abstract record Payload
{
    public string ID { get; set; } = "";
    public ObjectVersion Version { get; set; } = new();
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public SecretSpec Spec { get; set; } = new();
}

/// <summary>GET /secrets/{id}; its spec never carries the data.</summary>
public sealed record Secret : Payload;

/// <summary>GET /configs/{id}.</summary>
public sealed record Config : Payload;

/// <summary>POST /secrets/create and /configs/create.</summary>
public sealed record SecretSpec
{
    public string Name { get; set; } = "";
    public Dictionary<string, string>? Labels { get; set; }
    public byte[]? Data { get; set; }
    public NamedDriver? Driver { get; set; }
    public NamedDriver? Templating { get; set; }
}

/// <summary>What POST /secrets/create and /configs/create answer.</summary>
public sealed record PayloadCreateResponse
{
    public string ID { get; set; } = "";
}
