using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Requests;

/// <summary>Answers with lists: tags, repositories, what refers to a manifest.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Content Discovery".</remarks>
internal sealed class ListRequests(ImageRegistry registry)
{
    /// <summary>The specification's order of tags: case does not count, unless nothing else differs.</summary>
    private static readonly Comparer<string> LexicalOrder = Comparer<string>.Create((a, b) =>
        string.Compare(a, b, StringComparison.OrdinalIgnoreCase) is not 0 and var order
            ? order : string.CompareOrdinal(a, b));

    private RepositoryStore Repositories => registry.Repositories;

    public Task TagsAsync(RegistryCall call)
    {
        if (!Repositories.Exists(call.Name))
            throw RegistryError.NameUnknown(call.Name);
        var tags = Repositories.Tags(call.Name).Where(t => t.Value.Digest is not null).Select(t => t.Key);
        var page = Page(call, tags, $"/v2/{call.Name}/tags/list");
        return Results.Json(new TagList(call.Name, page), RegistryServerJson.Default.TagList).ExecuteAsync(call.Http);
    }

    public Task CatalogAsync(RegistryCall call) => Results.Json(
        new Catalog(Page(call, Repositories.Names().Where(call.MayPull), "/v2/_catalog")),
        RegistryServerJson.Default.Catalog).ExecuteAsync(call.Http);

    public Task PeerTagsAsync(RegistryCall call) => Results.Json(
        Repositories.Names().Select(n => new RepositoryTags(n, new(Repositories.Tags(n)))).ToArray(),
        RegistryServerJson.Default.RepositoryTagsArray).ExecuteAsync(call.Http);

    public Task PeerUsersAsync(RegistryCall call) => Results.Json(
        registry.Accounts.Current, RegistryServerJson.Default.AccountList).ExecuteAsync(call.Http);

    public async Task ReferrersAsync(RegistryCall call)
    {
        var subject = RegistryCall.ParseDigest(call.Argument);
        var wanted = call.Query("artifactType");
        var found = new Dictionary<Digest, Descriptor>();
        foreach (var digest in Repositories.Referrers(call.Name, subject))
            found[digest] = await DescribeAsync(call, digest);
        foreach (var named in await FallbackAsync(call, subject))
            found.TryAdd(named.Digest, named);

        if (wanted.Length > 0)
            call.Say("OCI-Filters-Applied", "artifactType");
        var index = ImageJson.Write(new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests =
            [
                .. found.Values.Where(d => wanted.Length == 0 || d.ArtifactType == wanted)
                    .OrderBy(d => d.Digest.ToString(), StringComparer.Ordinal),
            ],
        });
        await Results.Bytes(index, MediaTypes.OciIndex).ExecuteAsync(call.Http);
    }

    private async Task<Descriptor> DescribeAsync(RegistryCall call, Digest digest)
    {
        var mediaType = Repositories.MediaTypeOf(call.Name, digest) ?? MediaTypes.OciManifest;
        var json = await registry.Content.ReadAsync(digest, call.Aborted);
        var described = Descriptor.Of(json, mediaType, digest);
        if (MediaTypes.IsIndex(mediaType))
        {
            var index = ImageJson.ReadIndex(json);
            return described with { ArtifactType = index.ArtifactType, Annotations = index.Annotations };
        }

        var manifest = ImageJson.ReadManifest(json);
        return described with
        {
            ArtifactType = manifest.ArtifactType is { Length: > 0 } type ? type : manifest.Config?.MediaType,
            Annotations = manifest.Annotations,
        };
    }

    /// <summary>
    /// What clients list under the tag <c>sha256-HEX</c> when a registry cannot list it: copied here, that still counts.
    /// </summary>
    private async Task<Descriptor[]> FallbackAsync(RegistryCall call, Digest subject)
    {
        var tag = $"{subject.Algorithm}-{subject.Hex[..Math.Min(64, subject.Hex.Length)]}";
        if (Repositories.Tag(call.Name, tag)?.Digest is not { } digest
            || !MediaTypes.IsIndex(Repositories.MediaTypeOf(call.Name, digest)))
            return [];
        try
        {
            return ImageJson.ReadIndex(await registry.Content.ReadAsync(digest, call.Aborted)).Manifests ?? [];
        }
        catch (Exception error) when (error is ImageException or FormatException)
        {
            return [];
        }
    }

    private static string[] Page(RegistryCall call, IEnumerable<string> all, string path)
    {
        var last = call.Query("last");
        var rest = all.Where(name => LexicalOrder.Compare(name, last) > 0).Order(LexicalOrder);
        if (!call.Http.Request.Query.TryGetValue("n", out var asked))
            return [.. rest];
        if (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            throw new RegistryError(StatusCodes.Status400BadRequest, "PAGINATION_NUMBER_INVALID",
                $"\"n={asked}\" is no number of results");
        var page = rest.Take(count).ToArray();
        if (page.Length > 0 && rest.Skip(count).Any())
            call.Say("Link", $"<{path}?n={count}&last={Uri.EscapeDataString(page[^1])}>; rel=\"next\"");
        return page;
    }
}
