using System.Collections.Immutable;
using System.Security.Cryptography;
using Orchestrator.Images;
using Orchestrator.Manager.Images;
using Orchestrator.Model;
using Orchestrator.Oci.Images;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Registry.Access;
using Orchestrator.Registry.Storage;
using Orchestrator.Store.Tables;
using Grant = Orchestrator.Registry.Access.RegistryGrant;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What the cluster's registry knows, in the replicated store: names, and users.</summary>
internal sealed class ReplicatedNames(RegistryNames names) : IRegistryNames, IAccountBook
{
    private readonly byte[] noKey = RandomNumberGenerator.GetBytes(32);
    private volatile KnownRepositories? repositories;
    private volatile KnownAccounts? accounts;
    private volatile bool wasCurrent;

    private sealed record KnownRepositories(Table<RepositoryManifest> Source, IReadOnlyList<string> Names);

    private sealed record KnownAccounts(Table<RegistryLogin> Source, RegistryState? State, AccountList List);

    /// <summary>Of a reader. Default 2 s; a leader that is well answers within milliseconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    public ulong Version
    {
        get
        {
            var root = names.View();
            return IsReady
                ? Math.Max(root.RegistryStates.LastChange, Math.Max(root.Manifests.LastChange, root.Tags.LastChange))
                : 0;
        }
    }

    /// <summary>Whether what managers had in files is in the store.</summary>
    public bool IsReady => State is not null;

    /// <summary>Whether the users are certain: that there is none opens some doors.</summary>
    public bool IsKnown => wasCurrent && IsReady;

    public AccountList Current
    {
        get
        {
            var (table, state) = (names.View().Logins, State);
            if (accounts is { } known && known.Source == table && known.State == state)
                return known.List;
            var list = new AccountList(0, state?.TokenKey.ToArray() ?? noKey, [.. table.All.Select(ToUser)]);
            accounts = new KnownAccounts(table, state, list);
            return list;
        }
    }

    private RegistryState? State => names.View().RegistryStates.Get(RegistryState.OnlyId);

    public IReadOnlyList<string> Repositories()
    {
        var table = names.View().Manifests;
        if (repositories is { } known && known.Source == table)
            return known.Names;
        var found = table.All.Select(m => m.Repository).Distinct().Order(StringComparer.Ordinal).ToArray();
        repositories = new KnownRepositories(table, found);
        return found;
    }

    public bool Has(string repository) =>
        names.View().Manifests.Find(Indexes.ManifestRepository, repository).Count > 0;

    public string? MediaTypeOf(string repository, Digest manifest) =>
        names.View().Manifests.Get(RepositoryManifest.IdOf(repository, manifest.ToString()))?.MediaType;

    public IEnumerable<NamedManifest> Manifests(string repository) =>
        names.View().Manifests.Find(Indexes.ManifestRepository, repository).Select(ToNamed);

    public IEnumerable<NamedManifest> Referrers(string repository, Digest subject) => names.View().Manifests
        .Find(Indexes.ManifestSubject, RepositoryManifest.IdOf(repository, subject.ToString())).Select(ToNamed);

    public Digest? Tag(string repository, string tag) =>
        names.View().Tags.Get(RepositoryTag.IdOf(repository, tag)) is { } found ? Digest.Parse(found.Digest) : null;

    public IEnumerable<string> Tags(string repository) =>
        names.View().Tags.Find(Indexes.TagRepository, repository).Select(t => t.Tag);

    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        var isCurrent = await names.RefreshAsync(Patience, cancellationToken).ConfigureAwait(false);
        if (!IsReady)
        {
            throw new ImageException(ImageError.Unavailable, isCurrent
                ? "the names in the managers' own files are being moved into the cluster's store: try again in a moment"
                : "this manager does not reach a majority of the others and does not know any image yet: bring them "
                    + "back (\"orch node ls\")");
        }

        wasCurrent |= isCurrent;
        return isCurrent;
    }

    Task IAccountBook.RefreshAsync(CancellationToken cancellationToken) => RefreshAsync(cancellationToken);

    public Task PutAsync(
        string repository, NamedManifest manifest, string? tag, CancellationToken cancellationToken) =>
        ChangeAsync(new P.NamesChange
        {
            Put = new P.PutManifest { Manifest = ToStored(repository, manifest).ToProto(), Tag = tag ?? "" },
        }, cancellationToken);

    public Task<bool> RemoveTagAsync(string repository, string tag, CancellationToken cancellationToken) =>
        ChangeAsync(new P.NamesChange
        {
            RemoveTag = new P.RepositoryTag { Repository = repository, Tag = tag },
        }, cancellationToken);

    public Task<bool> RemoveManifestAsync(string repository, Digest manifest, CancellationToken cancellationToken) =>
        ChangeAsync(new P.NamesChange
        {
            RemoveManifest = new P.RepositoryManifest { Repository = repository, Digest = manifest.ToString() },
        }, cancellationToken);

    public Task SaveAsync(RegistryUser user, CancellationToken cancellationToken) => ChangeAsync(
        new P.NamesChange { SaveLogin = ToStored(user).ToProto() }, cancellationToken);

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) => ChangeAsync(
        new P.NamesChange { RemoveLogin = new P.RegistryLogin { Name = name } }, cancellationToken);

    internal static RepositoryManifest ToStored(string repository, NamedManifest manifest) => new()
    {
        Repository = repository,
        Digest = manifest.Digest.ToString(),
        MediaType = manifest.MediaType,
        SizeBytes = manifest.Size,
        Subject = manifest.Subject?.ToString() ?? "",
        ArtifactType = manifest.Subject is null ? "" : manifest.ArtifactType ?? "", // Nobody lists the others by it.
    };

    internal static RegistryLogin ToStored(RegistryUser user) => new()
    {
        Name = user.Name,
        Secret = user.Secret,
        Grants = [.. user.Grants.Select(g => new Model.RegistryGrant(g.Pattern, (int)g.Rights))],
    };

    private async Task<bool> ChangeAsync(P.NamesChange change, CancellationToken cancellationToken)
    {
        try
        {
            if (!IsReady)
                await RefreshAsync(cancellationToken).ConfigureAwait(false);
            return await names.ChangeAsync(change, cancellationToken).ConfigureAwait(false);
        }
        catch (UserException error)
        {
            var kind = error.Code is ErrorCode.NoQuorum or ErrorCode.Unavailable
                ? ImageError.Unavailable : ImageError.Invalid;
            throw new ImageException(kind, error.Message.ReplaceLineEndings(" "), error);
        }
    }

    private static NamedManifest ToNamed(RepositoryManifest stored) => new(
        Digest.Parse(stored.Digest), stored.MediaType, stored.SizeBytes,
        stored.Subject.Length > 0 ? Digest.Parse(stored.Subject) : null,
        stored.ArtifactType.Length > 0 ? stored.ArtifactType : null);

    private static RegistryUser ToUser(RegistryLogin stored) => new(
        stored.Name, stored.Secret, [.. stored.Grants.Select(g => new Grant(g.Pattern, (RegistryRights)g.Rights))]);
}
