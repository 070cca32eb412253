using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>One step of GET /images/{name}/history, newest first.</summary>
public sealed record ImageHistoryItem
{
    public string Id { get; set; } = "";

    /// <summary>Unix seconds.</summary>
    public long Created { get; set; }
    public string CreatedBy { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? Tags { get; set; }

    /// <summary>Bytes.</summary>
    public long Size { get; set; }
    public string Comment { get; set; } = "";
}

/// <summary>One effect of DELETE /images/{name}: exactly one of the two is set.</summary>
public sealed record ImageDeleteItem
{
    public string? Untagged { get; set; }
    public string? Deleted { get; set; }
}

public sealed record ImagesPruneReport
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public ImageDeleteItem[]? ImagesDeleted { get; set; }
    public ulong SpaceReclaimed { get; set; }
}

/// <summary>A registry login, as header <c>X-Registry-Auth</c> (base64url of this) or body of POST /auth.</summary>
public sealed record AuthConfig
{
    [JsonPropertyName("username")] public string? Username { get; set; }
    [JsonPropertyName("password")] public string? Password { get; set; }
    [JsonPropertyName("auth")] public string? Auth { get; set; }
    [JsonPropertyName("email")] public string? Email { get; set; }
    [JsonPropertyName("serveraddress")] public string? ServerAddress { get; set; }
    [JsonPropertyName("identitytoken")] public string? IdentityToken { get; set; }
    [JsonPropertyName("registrytoken")] public string? RegistryToken { get; set; }
}

public sealed record AuthResponse
{
    public string Status { get; set; } = "";
    public string IdentityToken { get; set; } = "";
}

/// <summary>One hit of GET /images/search.</summary>
public sealed record SearchResult
{
    [JsonPropertyName("star_count")] public int StarCount { get; set; }
    [JsonPropertyName("is_official")] public bool IsOfficial { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; } = "";
    [JsonPropertyName("is_automated")] public bool IsAutomated { get; set; }
    [JsonPropertyName("description")] public string Description { get; set; } = "";
}

/// <summary>GET /distribution/{name}/json: what a registry says of an image.</summary>
public sealed record DistributionInspect
{
    public DistributionDescriptor Descriptor { get; set; } = new();
    public ImagePlatform[] Platforms { get; set; } = [];
}

public sealed record DistributionDescriptor
{
    [JsonPropertyName("mediaType")] public string MediaType { get; set; } = "";
    [JsonPropertyName("digest")] public string Digest { get; set; } = "";
    [JsonPropertyName("size")] public long Size { get; set; }
}

public sealed record ImagePlatform
{
    [JsonPropertyName("architecture")] public string Architecture { get; set; } = "";
    [JsonPropertyName("os")] public string Os { get; set; } = "";
    [JsonPropertyName("variant")] public string? Variant { get; set; }
}
