using System.Text;
using System.Text.Json;
using Orchestrator.Images;

namespace Orchestrator.Registry.Tests;

public sealed class AccountTests
{
    private const RegistryRights Both = RegistryRights.Pull | RegistryRights.Push;

    [Fact]
    public async Task A_user_may_what_was_granted_on_the_repositories_of_the_pattern_and_nothing_else()
    {
        await using var host = await StartAsync();
        await host.Registry.Accounts.SaveAsync("ci", "secret", [new("team/*", Both), new("base", RegistryRights.Pull)], default);
        var spec = new SpecClient(host, "team/web");
        var login = Basic("ci", "secret");

        Assert.Equal(401, (await spec.SendAsync("GET", "/v2/")).Status);
        Assert.Equal(401, (await spec.SendAsync("GET", "/v2/", null, Basic("ci", "wrong"))).Status);
        Assert.Equal(401, (await spec.SendAsync("GET", "/v2/", null, Basic("nobody", "secret"))).Status);
        Assert.Equal(200, (await spec.SendAsync("GET", "/v2/", null, login)).Status);
        Assert.Equal(202, (await spec.SendAsync("POST", "blobs/uploads/", null, login)).Status);
        Assert.Equal(404, (await spec.SendAsync("GET", "/v2/base/manifests/1", null, login)).Status);
        Assert.Equal((403, "DENIED"), await StatusAsync(spec, "POST", "/v2/base/blobs/uploads/", login));
        Assert.Equal((403, "DENIED"), await StatusAsync(spec, "GET", "/v2/other/manifests/1", login));
        Assert.Equal(403, (await spec.SendAsync("GET", "/v2/_orch/legacy", null, login)).Status);
    }

    [Fact]
    public async Task A_login_buys_a_token_that_says_who_one_is_until_the_user_is_gone()
    {
        await using var host = await StartAsync();
        await host.Registry.Accounts.SaveAsync("ci", "secret", [new("*", Both)], default);
        var spec = new SpecClient(host, "web");

        var challenge = await spec.SendAsync("GET", "manifests/1");
        var realm = challenge["WWW-Authenticate"]!.Split('"')[1];
        Assert.Equal(401, (await spec.SendAsync("GET", new Uri(realm).PathAndQuery)).Status);
        var answer = await spec.SendAsync("GET", new Uri(realm).PathAndQuery, null, Basic("ci", "secret"));
        var form = await spec.SendAsync("POST", new Uri(realm).PathAndQuery, Encoding.ASCII.GetBytes("grant_type=password&username=ci&password=secret&service=x"), "Content-Type: application/x-www-form-urlencoded");
        var token = JsonDocument.Parse(answer.Body).RootElement.GetProperty("token").GetString()!;

        Assert.Equal((401, 200, 200), (challenge.Status, answer.Status, form.Status));
        Assert.Contains("scope=\"repository:web:pull\"", challenge["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Equal(202, (await spec.SendAsync("POST", "blobs/uploads/", null, $"Authorization: Bearer {token}")).Status);
        Assert.Equal(401, (await spec.SendAsync("POST", "blobs/uploads/", null, $"Authorization: Bearer {token[..^2]}")).Status);
        Assert.Equal(401, (await spec.SendAsync("GET", new Uri(realm).PathAndQuery, null, $"Authorization: Bearer {token}")).Status);
        await host.Registry.Accounts.RemoveAsync("ci", default);
        await host.Registry.Accounts.SaveAsync("other", "secret", [], default);
        Assert.Equal(401, (await spec.SendAsync("POST", "blobs/uploads/", null, $"Authorization: Bearer {token}")).Status);
    }

    [Fact]
    public async Task Who_does_not_log_in_has_the_rights_of_the_anonymous_user()
    {
        await using var host = await StartAsync();
        await host.Registry.Accounts.SaveAsync(RegistryUser.Anonymous, null, [new("public/*", RegistryRights.Pull)], default);
        var spec = new SpecClient(host, "public/web");

        Assert.Equal(404, (await spec.SendAsync("GET", "manifests/1")).Status);
        Assert.Equal(403, (await spec.SendAsync("POST", "blobs/uploads/")).Status);
        Assert.Equal(403, (await spec.SendAsync("GET", "/v2/private/manifests/1")).Status);
    }

    [Fact]
    public async Task A_blob_is_not_mounted_out_of_a_repository_that_the_user_may_not_pull_from()
    {
        await using var host = await StartAsync();
        var digest = await new SpecClient(host, "secret/a").PushBlobAsync("secret"u8.ToArray());
        await host.Registry.Accounts.SaveAsync("ci", "secret", [new("team/*", Both)], default);
        var spec = new SpecClient(host, "team/web");

        foreach (var from in (string[])["&from=secret/a", ""])
            Assert.Equal(202, (await spec.SendAsync("POST", $"blobs/uploads/?mount={digest}{from}", null, Basic("ci", "secret"))).Status);

        Assert.Equal("""{"repositories":["team/web"]}""".Replace("\"team/web\"", "", StringComparison.Ordinal), (await spec.SendAsync("GET", "/v2/_catalog", null, Basic("ci", "secret"))).Text);
    }

    [Fact]
    public async Task Users_survive_a_restart_and_their_passwords_are_not_on_disk()
    {
        await using var host = await StartAsync();
        await host.Registry.Accounts.SaveAsync("ci", "a very secret word", [new("*", Both)], default);

        await host.StopAsync();
        await host.OpenAsync();

        Assert.Equal(["ci"], host.Registry.Accounts.Users.Select(u => u.Name));
        Assert.DoesNotContain("a very secret word", await File.ReadAllTextAsync(Path.Combine(host.DataRoot, "registry/_users.json")), StringComparison.Ordinal);
        Assert.Equal(200, (await new SpecClient(host, "a").SendAsync("GET", "/v2/", null, Basic("ci", "a very secret word"))).Status);
    }

    [Fact]
    public async Task Users_of_one_manager_are_users_of_all()
    {
        var hosts = await RegistryHost.StartClusterAsync(2);
        await using var a = hosts[0];
        await using var b = hosts[1];
        await a.Registry.Accounts.SaveAsync("ci", "secret", [new("*", Both)], default);
        b.RightsOf = (context, name) => b.Registry.Gate.RightsOf(context, name, isOpen: false);

        Assert.Equal(200, (await new SpecClient(b, "a").SendAsync("GET", "/v2/", null, Basic("ci", "secret"))).Status);
    }

    [Fact]
    public async Task Our_own_client_logs_in_and_pushes()
    {
        await using var host = await StartAsync();
        await host.Registry.Accounts.SaveAsync("ci", "secret", [new("*", Both)], default);
        var right = new RegistryCredentials { Username = "ci", Password = "secret" };

        await host.Images.LogInAsync(host.Host, right, default);
        var refused = await Assert.ThrowsAsync<ImageException>(() => host.Images.LogInAsync(host.Host, right with { Password = "wrong" }, default));

        Assert.Equal(ImageError.Denied, refused.Error);
    }

    private static async Task<RegistryHost> StartAsync()
    {
        var host = await RegistryHost.StartAsync();
        host.RightsOf = (context, name) => host.Registry.Gate.RightsOf(context, name, isOpen: true);
        return host;
    }

    private static string Basic(string user, string password) =>
        "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    private static async Task<(int, string?)> StatusAsync(SpecClient spec, string method, string path, string login)
    {
        var answer = await spec.SendAsync(method, path, null, login);
        return (answer.Status, answer.Code);
    }
}
