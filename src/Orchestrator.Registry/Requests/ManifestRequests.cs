using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Requests;

/// <summary>Answers requests about manifests and the tags that name them.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Pulling manifests", "Pushing Manifests", "Deleting Manifests".</remarks>
internal sealed class ManifestRequests(ImageRegistry registry)
{
    /// <summary>What a client gets that asks by tag and takes no index, as docker's registry does it.</summary>
    internal static readonly Platform Usual = new() { Os = "linux", Architecture = "amd64" };

    private IRegistryNames Names => registry.Names;

    public async Task GetAsync(RegistryCall call)
    {
        var digest = await ResolveAsync(call);
        var mediaType = await HaveAsync(call, digest);
        if (!Accepts(call, mediaType))
        {
            digest = await ChooseAsync(call, digest, mediaType)
                ?? throw RegistryError.NotAccepted(call.Argument, mediaType);
            mediaType = await HaveAsync(call, digest);
        }

        await BlobSender.SendAsync(call.Http, registry.Content, digest, mediaType, call.Aborted);
    }

    public async Task PutAsync(RegistryCall call)
    {
        var json = await ReadAsync(call);
        var mediaType = TypeOf(call, json);
        Digest? asked = IsDigest(call.Argument) ? RegistryCall.ParseDigest(call.Argument) : null;
        var manifest = Descriptor.Of(json, mediaType, asked);
        if (asked is { } digest && digest != manifest.Digest)
            throw RegistryError.DigestInvalid($"the manifest has the digest {manifest.Digest}, not {digest}");
        var tag = asked is null ? call.Argument : null;
        if (tag is not null && !ReferenceGrammar.IsTag(tag))
            throw new RegistryError(StatusCodes.Status400BadRequest, "TAG_INVALID", $"the tag \"{tag}\" is malformed");

        var named = ManifestIntake.Describe(manifest, json);
        await registry.Intake.StoreAsync(call.Name, manifest, json, call.Aborted);
        if (!call.IsPeer) // A manager gives this one a copy, and has the name committed itself.
            await registry.PublishAsync(call.Name, tag, named, json, call.Aborted);

        if (named.Subject is { } subject)
            call.Say("OCI-Subject", subject.ToString());
        call.Say("Docker-Content-Digest", manifest.Digest.ToString());
        call.Say("Location", $"/v2/{call.Name}/manifests/{manifest.Digest}");
        call.Answer(StatusCodes.Status201Created);
    }

    public async Task DeleteAsync(RegistryCall call)
    {
        var isThere = IsDigest(call.Argument)
            ? await Names.RemoveManifestAsync(call.Name, RegistryCall.ParseDigest(call.Argument), call.Aborted)
            : ReferenceGrammar.IsTag(call.Argument)
                && await Names.RemoveTagAsync(call.Name, call.Argument, call.Aborted);
        if (!isThere)
            throw RegistryError.ManifestUnknown(call.Argument);
        call.Answer(StatusCodes.Status202Accepted);
    }

    private static bool IsDigest(string reference) => reference.Contains(':', StringComparison.Ordinal);

    private async Task<Digest> ResolveAsync(RegistryCall call)
    {
        if (IsDigest(call.Argument))
            return RegistryCall.ParseDigest(call.Argument);
        if (!ReferenceGrammar.IsTag(call.Argument))
            throw RegistryError.ManifestUnknown(call.Argument);
        var isCurrent = await registry.RefreshAsync(call);
        if (Names.Tag(call.Name, call.Argument) is { } digest)
            return digest;
        if (!isCurrent)
            throw RegistryError.CutOff($"{call.Name}:{call.Argument}");
        throw registry.Exists(call.Name)
            ? RegistryError.ManifestUnknown(call.Argument) : RegistryError.NameUnknown(call.Name);
    }

    /// <returns>The media type of a manifest that is here, perhaps because another manager had it.</returns>
    private async Task<string> HaveAsync(RegistryCall call, Digest digest)
    {
        if (!call.IsPeer && Names.MediaTypeOf(call.Name, digest) is null)
        {
            var isCurrent = await registry.RefreshAsync(call);
            if (Names.MediaTypeOf(call.Name, digest) is null)
                throw isCurrent ? RegistryError.ManifestUnknown(call.Argument) : RegistryError.CutOff(call.Argument);
        }

        if (registry.Held.MediaTypeOf(call.Name, digest) is { } mediaType && registry.Content.Contains(digest))
            return mediaType;
        if (call.IsPeer)
            throw RegistryError.ManifestUnknown(call.Argument);
        return await registry.Intake.FetchAsync(call.Name, digest, call.Aborted)
            ? registry.Held.MediaTypeOf(call.Name, digest)!
            : throw RegistryError.Unavailable(
                $"manifest {digest} is on managers that do not answer: bring them back (\"orch node ls\")");
    }

    /// <summary>No header accepts everything, and one that names no type of manifest was not meant as a choice.</summary>
    internal static bool Accepts(RegistryCall call, string mediaType)
    {
        if (!MediaTypeHeaderValue.TryParseList([.. call.Http.Request.Headers.Accept.OfType<string>()], out var types))
            return true;
        var named = types.Where(t => t.Quality is not 0).Select(t => t.MediaType.Value ?? "").ToList();
        return named.Any(t => t == mediaType || t is "*/*" or "application/*")
            || !named.Any(t => MediaTypes.IsManifest(t) || MediaTypes.IsIndex(t));
    }

    /// <summary>For a client that asks by tag and takes no index: what the index has for the usual platform.</summary>
    private async Task<Digest?> ChooseAsync(RegistryCall call, Digest digest, string mediaType)
    {
        if (IsDigest(call.Argument) || !MediaTypes.IsIndex(mediaType))
            return null;
        var index = ImageJson.ReadIndex(await registry.Content.ReadAsync(digest, call.Aborted));
        return index.Choose(Usual) is { } chosen && Accepts(call, chosen.MediaType) ? chosen.Digest : null;
    }

    private static async Task<byte[]> ReadAsync(RegistryCall call)
    {
        if (call.Http.Request.ContentLength > ImageJson.MaxBytes)
            throw RegistryError.ManifestTooLarge(ImageJson.MaxBytes);
        // As it comes: a manifest is some hundred bytes, and what it may be at most is not set aside for each.
        using var read = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await call.Http.Request.Body.ReadAsync(buffer, call.Aborted)) > 0)
        {
            if (read.Length + count > ImageJson.MaxBytes)
                throw RegistryError.ManifestTooLarge(ImageJson.MaxBytes);
            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }

    /// <summary>The type is the header's; where the manifest says one too, it must be the same.</summary>
    private static string TypeOf(RegistryCall call, byte[] json)
    {
        var header = MediaTypeHeaderValue.TryParse(call.Http.Request.ContentType, out var type)
            ? type.MediaType.Value : null;
        var own = OwnType(json);
        if (header is not null && own is not null && header != own)
            throw RegistryError.ManifestInvalid($"it is of the type {own} and was sent as {header}");
        return header ?? own ?? MediaTypes.OciManifest;
    }

    private static string? OwnType(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("mediaType", out var type)
                && type.ValueKind == JsonValueKind.String && type.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (JsonException)
        {
            return null; // Whoever reads it in full says what is wrong.
        }
    }
}
