using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>Blobs as the kernel sends them, in plain HTTP.</summary>
public sealed class FileSenderTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static readonly byte[] Blob = RandomNumberGenerator.GetBytes(9_000_001);

    [Fact]
    public async Task A_large_blob_comes_whole_to_readers_of_any_speed_and_the_connection_lives_on()
    {
        var digest = await new SpecClient(shared.Host, "large").PushBlobAsync(Blob);
        var url = shared.Host.Url($"/v2/large/blobs/{digest}");
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var http = new HttpClient(handler);

        for (var round = 0; round < 3; round++)
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            await using var body = await response.Content.ReadAsStreamAsync();
            using var read = new MemoryStream();
            var buffer = new byte[3 << round * 8];
            for (int count; (count = await body.ReadAsync(buffer)) > 0;)
            {
                read.Write(buffer, 0, count);
                if (read.Length < 100)
                    await Task.Delay(1); // So slow at first that the socket fills up.
            }

            Assert.Equal(digest, Digest.Of(read.ToArray()));
        }
    }

    [Fact]
    public async Task A_reader_that_needs_seconds_for_a_piece_gets_all()
    {
        var digest = await new SpecClient(shared.Host, "slow").PushBlobAsync(Blob);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                // As small as a socket's can be, for else the kernel takes the blob in before anybody reads.
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpClient(handler);
        using var response = await http.GetAsync(
            shared.Host.Url($"/v2/slow/blobs/{digest}"), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();

        await Task.Delay(TimeSpan.FromSeconds(8)); // Kestrel's own patience is five, and one to look.
        using var read = new MemoryStream();
        await body.CopyToAsync(read);

        Assert.Equal(digest, Digest.Of(read.ToArray()));
    }

    [Fact]
    public async Task A_range_of_a_large_blob_is_that_range()
    {
        var digest = await new SpecClient(shared.Host, "ranges").PushBlobAsync(Blob);
        using var request = new HttpRequestMessage(HttpMethod.Get, shared.Host.Url($"/v2/ranges/blobs/{digest}"))
        {
            Headers = { Range = new RangeHeaderValue(1_000_003, 7_999_999) },
        };

        using var response = await shared.Host.Http.SendAsync(request);

        Assert.Equal(Blob[1_000_003..8_000_000], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_reader_that_goes_away_in_the_midst_leaves_the_registry_well()
    {
        var spec = new SpecClient(shared.Host, "gone");
        var digest = await spec.PushBlobAsync(Blob);
        for (var i = 0; i < 5; i++)
        {
            using var http = new HttpClient();
            using var response = await http.GetAsync(shared.Host.Url($"/v2/gone/blobs/{digest}"), HttpCompletionOption.ResponseHeadersRead);
            await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[1000]);
        }

        Assert.Equal(Blob, (await spec.SendAsync("GET", $"blobs/{digest}")).Body);
    }

    [Fact]
    public async Task A_file_that_a_damaged_disk_cuts_short_ends_the_connection()
    {
        var digest = await new SpecClient(shared.Host, "short").PushBlobAsync(RandomNumberGenerator.GetBytes(9_000_001));
        using var http = new HttpClient();
        using var response = await http.GetAsync(
            shared.Host.Url($"/v2/short/blobs/{digest}"), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[1000]);

        var path = Path.Combine(shared.Host.DataRoot, "content/blobs/sha256", digest.Hex);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
            file.SetLength(9_000_000); // In the last piece, which Kestrel takes for sent.

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null).WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
