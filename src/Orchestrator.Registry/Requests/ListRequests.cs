using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Images;
using Orchestrator.Oci.Images;
using Orchestrator.Registry.Upstream;

namespace Orchestrator.Registry.Requests;

/// <summary>Answers with lists: tags, repositories, what refers to a manifest.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Content Discovery".</remarks>
internal sealed class ListRequests(ImageRegistry registry, PullThroughCache? cache)
{
    /// <summary>The specification's order of tags: case does not count, unless nothing else differs.</summary>
    private static readonly Comparer<string> LexicalOrder = Comparer<string>.Create((a, b) =>
        string.Compare(a, b, StringComparison.OrdinalIgnoreCase) is not 0 and var order
            ? order : string.CompareOrdinal(a, b));

    private IRegistryNames Names => registry.Names;

    public async Task TagsAsync(RegistryCall call)
    {
        var isCurrent = await registry.RefreshAsync(call);
        if (!registry.Exists(call.Name))
            throw isCurrent ? RegistryError.NameUnknown(call.Name) : RegistryError.CutOff(call.Name);
        var page = Page(call, Names.Tags(call.Name), $"/v2/{call.Name}/tags/list");
        await Results.Json(new TagList(call.Name, page), RegistryServerJson.Default.TagList).ExecuteAsync(call.Http);
    }

    public async Task CatalogAsync(RegistryCall call)
    {
        await registry.RefreshAsync(call);
        var all = Names.Repositories().Union(cache?.Kept.Repositories() ?? []);
        var page = Page(call, all.Where(call.MayPull), "/v2/_catalog");
        await Results.Json(new Catalog(page), RegistryServerJson.Default.Catalog).ExecuteAsync(call.Http);
    }

    /// <summary>For a manager that moves into the store what managers had in files.</summary>
    public Task LegacyAsync(RegistryCall call) => Results.Json(
        registry.Legacy ?? LegacyNames.Empty, RegistryServerJson.Default.LegacyNames).ExecuteAsync(call.Http);

    public async Task ReferrersAsync(RegistryCall call)
    {
        var subject = RegistryCall.ParseDigest(call.Argument);
        var wanted = call.Query("artifactType");
        await registry.RefreshAsync(call);
        var found = new Dictionary<Digest, Descriptor>();
        foreach (var named in Names.Referrers(call.Name, subject))
            found[named.Digest] = await DescribeAsync(call, named);
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

    /// <summary>Annotations are in the manifest alone; where none can be had, it is listed without.</summary>
    private async Task<Descriptor> DescribeAsync(RegistryCall call, NamedManifest named)
    {
        var described = new Descriptor
        {
            Digest = named.Digest, MediaType = named.MediaType, Size = named.Size, ArtifactType = named.ArtifactType,
        };
        try
        {
            if (!registry.Content.Contains(named.Digest))
                await registry.Intake.FetchAsync(call.Name, named.Digest, call.Aborted);
            var json = await registry.Content.ReadAsync(named.Digest, call.Aborted);
            return described with
            {
                Annotations = MediaTypes.IsIndex(named.MediaType)
                    ? ImageJson.ReadIndex(json).Annotations : ImageJson.ReadManifest(json).Annotations,
            };
        }
        catch (Exception error) when (error is ImageException or FormatException)
        {
            return described;
        }
    }

    /// <summary>
    /// What clients list under the tag <c>sha256-HEX</c> when a registry cannot list it: copied here, that still counts.
    /// </summary>
    private async Task<Descriptor[]> FallbackAsync(RegistryCall call, Digest subject)
    {
        var tag = $"{subject.Algorithm}-{subject.Hex[..Math.Min(64, subject.Hex.Length)]}";
        if (Names.Tag(call.Name, tag) is not { } digest || !MediaTypes.IsIndex(Names.MediaTypeOf(call.Name, digest)))
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

    internal static string[] Page(RegistryCall call, IEnumerable<string> all, string path)
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
