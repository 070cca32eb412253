using System.Net.Sockets;
using System.Text;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>Clients that want nothing but to keep the registry busy.</summary>
public sealed class HostileClientTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private RegistryHost Host => shared.Host;

    [Fact]
    public async Task Passwords_are_tried_in_turn_so_that_trying_them_takes_no_more_than_a_part_of_the_processors()
    {
        var accounts = new RegistryAccounts(new AccountFile(Path.Combine(Host.DataRoot, "hostile-users.json"), TimeProvider.System));
        await accounts.SaveAsync("ci", "secret", [], default);
        using var gone = new CancellationTokenSource();

        var atOnce = accounts.Trials.CurrentCount;
        Assert.Equal(Math.Max(1, Environment.ProcessorCount / 4), atOnce);
        for (var i = 0; i < atOnce; i++)
            await accounts.Trials.WaitAsync();
        var waiting = accounts.LogInAsync("nobody", "wrong", gone.Token);
        Assert.False(waiting.IsCompleted);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        accounts.Trials.Release();

        Assert.Null(await accounts.LogInAsync("ci", "wrong", default));
        Assert.NotNull(await accounts.LogInAsync("ci", "secret", default));
    }

    [Fact]
    public void Who_is_no_user_is_refused_with_as_much_work_as_who_is_one()
    {
        var (decoy, real) = (PasswordHash.Decoy.Split('$'), PasswordHash.Make("x").Split('$'));

        Assert.Equal(real[..2], decoy[..2]);
        Assert.Equal(real.Select(part => part.Length), decoy.Select(part => part.Length));
        Assert.False(PasswordHash.Fits(PasswordHash.Decoy, ""));
    }

    [Fact]
    public async Task A_login_as_long_as_a_layer_is_not_read()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Host.Address.Host, Host.Address.Port);
        await using var stream = client.GetStream();

        // Its length alone is enough; who sent all of it might find the connection closed before the answer.
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v2/_token HTTP/1.1\r\nHost: x\r\nContent-Length: {1 << 20}\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=password&"));

        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 413", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"schemaVersion":2,"config":CONFIG,"layers":[],"subject":{}}""")]
    [InlineData("""{"schemaVersion":2,"config":CONFIG,"layers":[],"artifactType":"LONG"}""")]
    public async Task A_manifest_that_cannot_be_listed_is_refused_before_anything_of_it_is_kept(string json)
    {
        var spec = new SpecClient(Host, "hostile/listed");
        await spec.PushBlobAsync(SpecClient.Config);
        var config = $$"""{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Digest.Of(SpecClient.Config)}}","size":2}""";
        var manifest = Encoding.ASCII.GetBytes(json.Replace("CONFIG", config, StringComparison.Ordinal)
            .Replace("LONG", $"a/{new string('b', 300)}", StringComparison.Ordinal));

        var answer = await spec.PutManifestAsync("1", manifest);

        Assert.Equal((400, "MANIFEST_INVALID"), (answer.Status, answer.Code));
        Assert.Equal(404, (await spec.SendAsync("GET", $"manifests/{Digest.Of(manifest)}")).Status);
    }

    [Fact]
    public void Uploads_to_one_repository_leave_room_for_those_to_others()
    {
        var options = new RegistryOptions { Root = "unused", MaxUploads = 3, MaxUploadsOfOne = 2 };
        using var uploads = new UploadSessions(options, Host.Images.Content, TimeProvider.System);

        uploads.Begin("a");
        uploads.Begin("a");

        Assert.Equal(429, Assert.Throws<RegistryError>(() => uploads.Begin("a")).Status);
        uploads.Begin("b");
        Assert.Equal(429, Assert.Throws<RegistryError>(() => uploads.Begin("c")).Status);
    }

    [Fact]
    public async Task An_upload_whose_client_has_fallen_silent_is_given_up_though_its_connection_stands()
    {
        var spec = new SpecClient(Host, "hostile/silent");
        var upload = await spec.BeginAsync();
        var session = Host.Registry.Uploads.Find(spec.Name, upload.Split('/')[^1]);
        using var client = new TcpClient();
        await client.ConnectAsync(Host.Address.Host, Host.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PATCH {upload} HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\nabc"));
        while (session.Ingest.Length < 3)
            await Task.Delay(5);

        session.GiveUp();

        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 408", await reader.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal(0, Host.Registry.Uploads.CountOf(spec.Name));
    }

    [Fact]
    public async Task An_upload_that_a_request_works_on_is_idle_when_nothing_comes_of_it()
    {
        var options = new RegistryOptions { Root = "unused", UploadIdle = TimeSpan.FromSeconds(-1) };
        using var uploads = new UploadSessions(options, Host.Images.Content, TimeProvider.System);
        var session = uploads.Begin("a");
        Assert.True(session.TryTakeTurn());
        await session.Ingest.AppendAsync("abc"u8.ToArray(), default);

        uploads.Expire();
        Assert.False(session.Stalled.IsCancellationRequested); // It has grown.
        uploads.Expire();

        Assert.True(session.Stalled.IsCancellationRequested);
    }
}
