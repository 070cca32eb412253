namespace Orchestrator.Api.Swarm;

/// <summary>GET /secrets/{id}; its spec never carries the data.</summary>
public sealed record Secret
{
    public string ID { get; set; } = "";
    public ObjectVersion Version { get; set; } = new();
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public SecretSpec Spec { get; set; } = new();
}

/// <summary>POST /secrets/create and /configs/create.</summary>
public sealed record SecretSpec
{
    public string Name { get; set; } = "";
    public Dictionary<string, string>? Labels { get; set; }
    public byte[]? Data { get; set; }
    public NamedDriver? Driver { get; set; }
    public NamedDriver? Templating { get; set; }
}

/// <summary>GET /configs/{id}.</summary>
public sealed record Config
{
    public string ID { get; set; } = "";
    public ObjectVersion Version { get; set; } = new();
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public SecretSpec Spec { get; set; } = new();
}

/// <summary>What POST /secrets/create and /configs/create answer.</summary>
public sealed record PayloadCreateResponse
{
    public string ID { get; set; } = "";
}
