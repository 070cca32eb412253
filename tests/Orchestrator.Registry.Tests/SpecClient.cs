using System.Text;
using System.Text.Json;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>Sends bare requests about one repository, and reads what comes back.</summary>
internal sealed class SpecClient(RegistryHost host, string name)
{
    public static readonly byte[] Config = "{}"u8.ToArray();

    public string Name => name;

    /// <param name="headers"><c>Name: value</c>, of request or content.</param>
    public async Task<SpecAnswer> SendAsync(string method, string path, byte[]? body = null, params string[] headers)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method), path.StartsWith('/') ? host.Url(path) : host.Url($"/v2/{name}/{path}"));
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        foreach (var header in headers)
        {
            var (key, value) = (header.Split(": ")[0], header.Split(": ", 2)[1]);
            if (!request.Headers.TryAddWithoutValidation(key, value))
                (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(key, value);
        }

        using var response = await host.Http.SendAsync(request);
        var all = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new SpecAnswer((int)response.StatusCode, all, await response.Content.ReadAsByteArrayAsync());
    }

    public async Task<Digest> PushBlobAsync(byte[] bytes)
    {
        var answer = await SendAsync("POST", $"blobs/uploads/?digest={Digest.Of(bytes)}", bytes);
        Assert.Equal(201, answer.Status);
        return Digest.Of(bytes);
    }

    public Task<SpecAnswer> PutManifestAsync(string reference, byte[] json, string type = MediaTypes.OciManifest) =>
        SendAsync("PUT", $"manifests/{reference}", json, $"Content-Type: {type}");

    /// <summary>Pushes an image without layers; different marks make different manifests.</summary>
    public async Task<Digest> PushImageAsync(string tag, string mark = "")
    {
        await PushBlobAsync(Config);
        var answer = await PutManifestAsync(tag, ImageJson.Write(Image(mark)));
        Assert.Equal(201, answer.Status);
        return Digest.Parse(answer["Docker-Content-Digest"]!);
    }

    public static Manifest Image(string mark = "") => new()
    {
        MediaType = MediaTypes.OciManifest,
        Config = Descriptor.Of(Config, MediaTypes.OciConfig),
        Layers = [],
        Annotations = new() { ["mark"] = mark },
    };

    /// <summary>Begins an upload.</summary>
    /// <returns>Its address.</returns>
    public async Task<string> BeginAsync()
    {
        var answer = await SendAsync("POST", "blobs/uploads/");
        Assert.Equal(202, answer.Status);
        return answer["Location"]!;
    }
}

/// <summary>What a registry answered.</summary>
internal sealed record SpecAnswer(int Status, Dictionary<string, string> Headers, byte[] Body)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The first error's code; null where the body holds none.</summary>
    public string? Code
    {
        get
        {
            if (Body.Length == 0)
                return null;
            using var json = JsonDocument.Parse(Body);
            return json.RootElement.TryGetProperty("errors", out var errors)
                ? errors[0].GetProperty("code").GetString() : null;
        }
    }
}
