namespace Orchestrator.Model;

/// <summary>A secret or config as a file of a container.</summary>
/// <param name="Id">The control API stores it; empty in a request that names it only.</param>
/// <param name="Target">As typed; see <see cref="Path"/>.</param>
/// <param name="Uid">Inside the container.</param>
/// <param name="Mode">Permission bits.</param>
public sealed record PayloadReference(
    PayloadKind Kind, PayloadId Id, string Name, string Target, uint Uid = 0, uint Gid = 0, uint Mode = 0x124)
{
    /// <summary>Where secrets are, unless their target is absolute.</summary>
    public const string SecretFolder = "/run/secrets";

    /// <summary>Absolute, in the container.</summary>
    public string Path => Target.StartsWith('/') ? Target
        : Kind == PayloadKind.Secret ? $"{SecretFolder}/{Target}" : $"/{Target}";
}
