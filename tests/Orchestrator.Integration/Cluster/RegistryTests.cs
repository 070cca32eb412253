using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Integration.Cluster;

/// <summary>The registry of three managers, as a client sees it that knows nothing of them.</summary>
[Collection(TestbedCollection.Name)]
public sealed class RegistryTests(Testbed testbed, ITestOutputHelper output)
{
    private const string Config = "{}";
    private const int Pushes = 12;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>Images are pushed and deleted while the leader is killed, and all managers agree when it is back.</summary>
    [RootFact]
    public async Task What_was_acknowledged_while_the_leader_died_is_there_at_every_manager_and_what_was_deleted_is_not()
    {
        await testbed.ExecAsync(
            "m1", "sh", "-c", "echo pw | orch registry user add --push 'names/*' --password-stdin ci");
        var leader = await testbed.LeaderAsync();
        string[] others = [.. Testbed.Managers.Where(m => m != leader)];
        try
        {
            Assert.Equal("201", await CurlAsync(
                others[0], "POST", $"blobs/uploads/?digest={DigestOf(Config)}", Config));
            var retries = 0;
            for (var i = 0; i < Pushes; i++)
            {
                if (i == Pushes / 2)
                    await testbed.CommandAsync("kill", "--daemon", leader);
                retries += await PushAsync(others[i % 2], $"t{i}");
            }

            output.WriteLine($"{retries} of {Pushes} pushes were refused with 5xx and repeated");
            var gone = DigestOf(Manifest("t1"));
            Assert.Equal("202", await CurlAsync(others[0], "DELETE", $"manifests/{gone}"));
            Assert.Equal("404", await CurlAsync(others[1], "GET", "manifests/t1"));
        }
        finally
        {
            await testbed.CommandAsync("start", leader);
        }

        var tags = Enumerable.Range(0, Pushes).Where(i => i != 1).Select(i => $"t{i}")
            .Order(StringComparer.OrdinalIgnoreCase);
        var expected = $$"""{"name":"names/x","tags":[{{string.Join(',', tags.Select(t => $"\"{t}\""))}}]}""";
        foreach (var manager in Testbed.Managers)
        {
            await Eventually.HoldsAsync(
                $"tags at {manager}", Soon, () => CurlAsync(manager, "GET", "tags/list"), list => list == expected + "200");
            Assert.Equal("404", await CurlAsync(manager, "GET", $"manifests/{DigestOf(Manifest("t1"))}"));
        }

        await HasItselfAsync(leader, DigestOf(Manifest($"t{Pushes - 1}")));
        await testbed.OrchAsync("m2", "registry", "user", "rm", "ci");
        Assert.Equal("401", await CurlAsync("m3", "GET", "tags/list"));
    }

    /// <returns>How often it had to be repeated: whatever is not success is said by a 5xx.</returns>
    private async Task<int> PushAsync(string manager, string tag)
    {
        for (var tries = 0; tries < 10; tries++)
        {
            var status = await CurlAsync(
                manager, "PUT", $"manifests/{tag}", Manifest(tag), "application/vnd.oci.image.manifest.v1+json");
            if (status == "201")
                return tries;
            Assert.Equal('5', status[0]);
        }

        throw new InvalidOperationException($"{tag} cannot be pushed to {manager}");
    }

    /// <summary>In the background a manager fetches what it was not there for.</summary>
    private async Task HasItselfAsync(string manager, string digest)
    {
        var root = await testbed.OrchAsync(manager, "info", "--format", "{{.DockerRootDir}}");
        await Eventually.HoldsAsync(
            $"{manager} has a copy", Soon,
            () => testbed.TryExecAsync(manager, "test", "-e", $"{root}/content/blobs/sha256/{digest[7..]}"),
            found => found.ExitCode == 0);
    }

    /// <returns>The body of a list, if it is one, and the status; 000 while nobody answers.</returns>
    private async Task<string> CurlAsync(string manager, string method, string path, string body = "", string? type = null)
    {
        var url = $"https://{Testbed.Address(manager)}:5000/v2/names/x/{path}";
        string[] sink = path == "tags/list" ? [] : ["-o", "/dev/null"];
        string[] data = body.Length > 0 ? ["--data-binary", body] : [];
        var result = await testbed.TryExecAsync(
            manager,
            [
                "curl", "-sk", "-m", "25", "-u", "ci:pw", "-X", method, "-w", "%{http_code}",
                "-H", $"Content-Type: {type ?? "application/octet-stream"}", .. sink, .. data, url,
            ]);
        return result.Output.Contains("UNAUTHORIZED", StringComparison.Ordinal) ? result.Output[^3..] : result.Output;
    }

    private static string Manifest(string mark) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{{DigestOf(Config)}}}","size":{{{Config.Length}}}},"layers":[],"annotations":{"mark":"{{{mark}}}"}}
        """);

    private static string DigestOf(string text) =>
        $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
