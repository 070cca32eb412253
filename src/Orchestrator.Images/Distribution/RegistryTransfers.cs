using System.Collections.Immutable;
using Orchestrator.Images.Sharing;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Pull, push and resolve: which registry, then the work.</summary>
internal sealed class RegistryTransfers(ImageStores stores, ImageOptions first, IClusterRegistry? cluster)
    : IDisposable
{
    /// <summary>On an index whose images are wanted all at once.</summary>
    private const string TogetherMark = "org.orchestrator.together";

    private const int MostTogether = 200;

    private readonly RegistryEndpoints endpoints = new(first, cluster);
    private volatile ImageOptions options = first;

    /// <summary>For questions that somebody waits at the prompt for.</summary>
    private readonly TransferRetry once = new(1, stores.Time);

    private TransferRetry Retry => new(options.TransferAttempts, stores.Time);

    /// <summary>Transfers that begin from now on are done so.</summary>
    public void Use(ImageOptions changed)
    {
        options = changed;
        endpoints.Use(changed);
    }

    public async Task<Image> PullAsync(Reference name, Platform platform, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var (now, retry) = (options, Retry);
        var (client, top, json) = await FindAsync(name, credentials, retry, cancellationToken);
        progress?.Report(new ImageProgress($"Pulling from {name.Path}", name.Tag ?? name.Digest.ToString()));
        var before = Library.ImageFinder.FindNamed(stores.Library.State, name);
        var image = await stores.UnderLeaseAsync(lease =>
            new ImagePuller(stores, client, retry, SharingOf(client), now.ConcurrentDownloads, progress)
                .PullAsync(lease, name, top, json, platform, cancellationToken));
        progress?.Report(new ImageProgress($"Digest: {top.Digest}"));
        progress?.Report(new ImageProgress(before == image.Id
            ? $"Status: Image is up to date for {name.Familiar}"
                : $"Status: Downloaded newer image for {name.Familiar}"));
        return image;
    }

    public Task PushAsync(Reference name, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var client = new RegistryClient(endpoints.Of(name.Domain), name, credentials);
        return new ImagePusher(stores, client, Retry, options, progress).PushAsync(name, cancellationToken);
    }

    public Task PushTogetherAsync(Reference name, IReadOnlyList<Image> images, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var client = new RegistryClient(endpoints.Of(name.Domain), name, credentials);
        return new ImagePusher(stores, client, Retry, options, progress).PushTogetherAsync(
            name, images, new(StringComparer.Ordinal) { [TogetherMark] = "true" }, cancellationToken);
    }

    /// <summary>Fetches what was pushed together; of any other name the one image that it means.</summary>
    public async Task<ImmutableArray<Image>> PullTogetherAsync(Reference name, Platform platform,
        RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        var (now, retry) = (options, Retry);
        var (client, top, json) = await FindAsync(name, credentials, retry, cancellationToken);
        if (!MediaTypes.IsIndex(top.MediaType) || Together(json) is not { } wanted)
            return [await PullAsync(name, platform, credentials, null, cancellationToken)];
        var images = ImmutableArray.CreateBuilder<Image>();
        foreach (var each in wanted.Where(each => each.Platform is null || platform.Accepts(each.Platform)))
        {
            var asked = client.Repository.WithDigest(each.Digest);
            var (manifest, content) = await retry.RunAsync(
                token => client.GetManifestAsync(asked, token), null, null, cancellationToken);
            images.Add(await stores.UnderLeaseAsync(lease =>
                new ImagePuller(stores, client, retry, SharingOf(client), now.ConcurrentDownloads, null)
                    .PullAsync(lease, asked, manifest, content, platform, cancellationToken)));
        }

        return images.ToImmutable();
    }

    /// <returns>Null: it is an index of one image for several platforms.</returns>
    private static IEnumerable<Descriptor>? Together(byte[] json)
    {
        try
        {
            var index = ImageJson.ReadIndex(json);
            return index.Annotations?.ContainsKey(TogetherMark) == true
                ? (index.Manifests ?? []).Take(MostTogether) : null;
        }
        catch (FormatException error)
        {
            throw new ImageException(ImageError.Damaged, $"the index cannot be read: {error.Message}", error);
        }
    }

    public async Task<ResolvedImage> ResolveAsync(
        Reference name, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        var (client, top, json) = await FindAsync(name, credentials, once, cancellationToken);
        var found = client.Repository.WithDigest(top.Digest);
        try
        {
            return new ResolvedImage(found, top, [.. await PlatformsAsync(client, top, json, cancellationToken)]);
        }
        catch (FormatException error)
        {
            throw new ImageException(ImageError.Damaged, $"cannot resolve {name.Familiar}: {error.Message}", error);
        }
    }

    /// <summary>Every tag that the repository has, wherever its name leads.</summary>
    /// <exception cref="ImageException">NotFound, Denied, Unavailable.</exception>
    public async Task<IReadOnlyList<string>> TagsAsync(
        Reference name, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        ImageException? first = null;
        foreach (var place in Places(name))
        {
            try
            {
                var login = place.Domain == name.Domain ? credentials : null;
                return await new RegistryClient(endpoints.Of(place.Domain), place, login).TagsAsync(cancellationToken);
            }
            catch (ImageException error)
                when (error.Error is ImageError.NotFound or ImageError.Unavailable or ImageError.Denied)
            {
                first = Join(first, error);
            }
        }

        throw first!;
    }

    public Task LogInAsync(string domain, RegistryCredentials credentials, CancellationToken cancellationToken) =>
        new RegistryFront(domain, endpoints.ForLogin(domain), credentials).LogInAsync(cancellationToken);

    /// <remarks>What names no registry is looked for in the cluster's first, as names of images are; docker.io need
    /// not answer then.</remarks>
    public async Task<SearchHit[]> SearchAsync(string domain, string term, int limit, RegistryCredentials? credentials,
        CancellationToken cancellationToken)
    {
        SearchHit[] ours = domain == Reference.DefaultDomain && endpoints.HasCluster
            ? await SearchOneAsync(IClusterRegistry.Domain, null) : [];
        try
        {
            return [.. ours.Concat(await SearchOneAsync(domain, credentials)).Take(limit)];
        }
        catch (ImageException error) when (ours.Length > 0 && error.Error == ImageError.Unavailable)
        {
            return ours;
        }

        Task<SearchHit[]> SearchOneAsync(string registry, RegistryCredentials? login) =>
            new RegistryFront(registry, endpoints.ForSearch(registry), login)
                .SearchAsync(term, limit, cancellationToken);
    }

    public void Dispose() => endpoints.Dispose();

    /// <summary>Only blobs of the cluster's registry are shared; what other registries gave is nobody else's.</summary>
    private PeerSharing? SharingOf(RegistryClient client) =>
        client.Repository.Domain == IClusterRegistry.Domain && cluster?.Peers is { } peers
            ? new PeerSharing(stores.Shared, peers) : null;

    private async Task<IEnumerable<Platform>> PlatformsAsync(
        RegistryClient client, Descriptor top, byte[] json, CancellationToken cancellationToken)
    {
        if (MediaTypes.IsIndex(top.MediaType))
            return (ImageJson.ReadIndex(json).Manifests ?? []).Select(m => m.Platform).OfType<Platform>();
        if (ImageJson.ReadManifest(json).Config is not { } config || !MediaTypes.IsImageConfig(config.MediaType))
            return [];
        using var lease = stores.Content.Lease();
        await new BlobDownload(stores.Content, client, Retry).RunAsync(lease, config, null, null, cancellationToken);
        return [ImageJson.ReadConfig(await stores.Content.ReadAsync(config.Digest, cancellationToken)).Platform];
    }

    /// <summary>Asks each place that the name may be at for its manifest.</summary>
    private async Task<(RegistryClient Client, Descriptor Top, byte[] Json)> FindAsync(
        Reference name, RegistryCredentials? credentials, TransferRetry patience, CancellationToken cancellationToken)
    {
        ImageException? first = null;
        foreach (var place in Places(name))
        {
            try
            {
                var client = new RegistryClient(
                    endpoints.Of(place.Domain), place, place.Domain == name.Domain ? credentials : null);
                var (top, json) = await patience.RunAsync(
                    token => client.GetManifestAsync(place, token), null, null, cancellationToken);
                return (client, top, json);
            }
            catch (ImageException error)
                when (error.Error is ImageError.NotFound or ImageError.Unavailable or ImageError.Denied)
            {
                first = Join(first, error);
            }
        }

        throw first!;
    }

    /// <summary>A name that says no registry is looked for in the cluster's before it is in docker.io.</summary>
    private IEnumerable<Reference> Places(Reference name) => name.IsUnqualified && endpoints.HasCluster
        ? [name.AtDomain(IClusterRegistry.Domain, name.FamiliarName), name]
        : [name];

    private static ImageException Join(ImageException? first, ImageException second) => first is null ? second
        : new ImageException(second.Error, $"{first.Message}; and {second.Message}", second);
}
