using Google.Protobuf;

namespace Orchestrator.Protocol.Mapping;

/// <summary>Between what the store knows of the registry and the wire; total in both directions.</summary>
public static class RegistryObjects
{
    public static P.RepositoryManifest ToProto(this M.RepositoryManifest manifest) => new()
    {
        Repository = manifest.Repository,
        Digest = manifest.Digest,
        Meta = manifest.Meta.ToProto(),
        MediaType = manifest.MediaType,
        SizeBytes = manifest.SizeBytes,
        Subject = manifest.Subject,
        ArtifactType = manifest.ArtifactType,
    };

    public static M.RepositoryManifest ToModel(this P.RepositoryManifest manifest) => new()
    {
        Repository = manifest.Repository,
        Digest = manifest.Digest,
        Meta = manifest.Meta.ToModel(),
        MediaType = string.IsInterned(manifest.MediaType) ?? manifest.MediaType, // One copy of the usual ones.
        SizeBytes = manifest.SizeBytes,
        Subject = manifest.Subject,
        ArtifactType = manifest.ArtifactType,
    };

    public static P.RepositoryTag ToProto(this M.RepositoryTag tag) => new()
    {
        Repository = tag.Repository, Tag = tag.Tag, Meta = tag.Meta.ToProto(), Digest = tag.Digest,
    };

    public static M.RepositoryTag ToModel(this P.RepositoryTag tag) => new()
    {
        Repository = tag.Repository, Tag = tag.Tag, Meta = tag.Meta.ToModel(), Digest = tag.Digest,
    };

    public static P.RegistryLogin ToProto(this M.RegistryLogin login) => new()
    {
        Name = login.Name,
        Meta = login.Meta.ToProto(),
        Secret = login.Secret,
        Grants = { login.Grants.Select(g => new P.RegistryGrant { Pattern = g.Pattern, Rights = g.Rights }) },
    };

    public static M.RegistryLogin ToModel(this P.RegistryLogin login) => new()
    {
        Name = login.Name,
        Meta = login.Meta.ToModel(),
        Secret = login.Secret,
        Grants = login.Grants.Array(g => new M.RegistryGrant(g.Pattern, g.Rights)),
    };

    public static P.RegistryState ToProto(this M.RegistryState registry) => new()
    {
        Meta = registry.Meta.ToProto(), TokenKey = ByteString.CopyFrom(registry.TokenKey.AsSpan()),
    };

    public static M.RegistryState ToModel(this P.RegistryState registry) => new()
    {
        Meta = registry.Meta.ToModel(), TokenKey = [.. registry.TokenKey.Span],
    };
}
