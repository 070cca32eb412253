using System.Net;
using System.Security.Cryptography;

namespace Orchestrator.Build.Adding;

/// <summary>A file that ADD fetches by an address.</summary>
internal static class HttpSource
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        // One build's cookies are not another's.
        UseCookies = false, AutomaticDecompression = DecompressionMethods.None, ConnectTimeout = TimeSpan.FromSeconds(30),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Fetches it into a folder: mode 0600, and the time that the server says it is from.</summary>
    /// <param name="checksum"><c>sha256:…</c> that it must have; null: anything will do.</param>
    /// <returns>Its name in the folder.</returns>
    /// <exception cref="BuildException">There is no name for it, it is not to be had, or it is another file.</exception>
    public static async Task<string> DownloadAsync(string address, string folder, string destination,
        string? checksum, DateTimeOffset? newest, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Client.GetAsync(
                new Uri(address), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new BuildException($"failed to GET {address}: {(int)answer.StatusCode} {answer.ReasonPhrase}");
            var name = NameOf(address, destination, answer);
            var path = Path.Combine(folder, name);
            await SaveAsync(answer, path, address, checksum, cancellationToken);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var modified = answer.Content.Headers.LastModified ?? newest ?? DateTimeOffset.UnixEpoch;
            File.SetLastWriteTimeUtc(path, modified.UtcDateTime);
            return name;
        }
        catch (Exception e) when (e is HttpRequestException or UriFormatException)
        {
            throw new BuildException($"failed to GET {address}: {e.Message}", inner: e);
        }
    }

    private static async Task SaveAsync(HttpResponseMessage answer, string path, string address, string? checksum,
        CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
            await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[128 * 1024];
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }

        var digest = $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
        if (checksum is not null && checksum != digest)
            throw new BuildException($"digest mismatch of {address}: expected {checksum}, got {digest}");
    }

    /// <summary>Of a file that goes into a folder the address or the server has to tell the name.</summary>
    private static string NameOf(string address, string destination, HttpResponseMessage answer)
    {
        var named = answer.Content.Headers.ContentDisposition is { } disposition
            ? (disposition.FileNameStar ?? disposition.FileName)?.Trim('"') : null;
        var last = Uri.UnescapeDataString(new Uri(address).AbsolutePath.Split('/')[^1]);
        foreach (var name in new[] { last, named })
        {
            if (name is { Length: > 0 and <= 255 } && name is not ("." or "..") && !name.Contains('/'))
                return name;
        }

        return destination.EndsWith('/') ? throw new BuildException(
            $"cannot determine filename for source {address}: name the file in the destination") : "download";
    }
}
