namespace Orchestrator.Api;

/// <summary>GET /registry/users; PUT /registry/users/NAME adds or changes one. Not docker's.</summary>
public sealed record RegistryAccount
{
    public string Name { get; set; } = "";

    /// <summary>Only towards the daemon; null: stays what it is.</summary>
    public string? Password { get; set; }

    /// <summary>Patterns of repositories.</summary>
    public string[] Pull { get; set; } = [];

    /// <summary>Patterns of repositories; who may push may also pull and delete.</summary>
    public string[] Push { get; set; } = [];
}
