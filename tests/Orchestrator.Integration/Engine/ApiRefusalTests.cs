using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>Whatever a client sends, it is told what is wrong with it, and the daemon goes on.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class ApiRefusalTests(LoneDaemon node)
{
    private static readonly string[] OfOneThing =
    [
        "GET /containers/{}/json", "GET /containers/{}/top", "GET /containers/{}/logs?stdout=1", "GET /containers/{}/changes",
        "GET /containers/{}/export", "GET /containers/{}/stats?stream=0", "GET /containers/{}/archive?path=/",
        "PUT /containers/{}/archive?path=/", "POST /containers/{}/attach?stdout=1", "GET /containers/{}/attach/ws", "POST /containers/{}/exec",
        "POST /containers/{}/resize?h=1&w=1", "POST /containers/{}/start", "POST /containers/{}/stop", "POST /containers/{}/restart",
        "POST /containers/{}/kill", "POST /containers/{}/pause", "POST /containers/{}/unpause", "POST /containers/{}/rename?name=zz",
        "POST /containers/{}/update", "POST /containers/{}/wait", "DELETE /containers/{}", "GET /exec/{}/json", "POST /exec/{}/start",
        "POST /exec/{}/resize?h=1&w=1", "GET /images/{}/json", "GET /images/{}/history", "GET /images/{}/get",
        "POST /images/{}/push", "POST /images/{}/tag?repo=zz", "DELETE /images/{}", "POST /commit?container={}",
        "GET /networks/{}", "POST /networks/{}/connect", "POST /networks/{}/disconnect", "DELETE /networks/{}",
        "GET /volumes/{}", "PUT /volumes/{}", "DELETE /volumes/{}",
    ];

    private static readonly string[] Lists = ["/containers/json?all=1", "/images/json", "/networks", "/volumes"];

    private static readonly string[] Bodies =
        ["/containers/create", "/containers/api-1/exec", "/containers/api-1/update", "/networks/create", "/volumes/create"];

    private RawApi Api => new(node.ApiSocket);

    [RootFact]
    public async Task What_is_not_there_is_a_refusal_on_every_route_whatever_its_name()
    {
        foreach (var route in OfOneThing)
        {
            foreach (var name in new[] { "nosuch", "..%2f..%2fetc", new string('a', 5000), "%ff%fe", "zz%0aX:y" })
            {
                var (method, path) = (route.Split(' ')[0], route.Split(' ')[1].Replace("{}", name, StringComparison.Ordinal));
                await RefusedAsync(method, path, method is "POST" or "PUT" ? "{}" : null);
            }

            await RefusedAsync("PATCH", route.Split(' ')[1].Replace("{}", "x", StringComparison.Ordinal));
        }
    }

    [RootFact]
    public async Task A_filter_that_is_none_is_refused_by_every_list()
    {
        foreach (var list in Lists)
        {
            foreach (var filter in new[] { "nonsense", "[]", "5", """{"a":5}""", """{"nosuch":["x"]}""", "\"x\"", """{"label":[5]}""" })
                await RefusedAsync("GET", $"{list}{(list.Contains('?') ? '&' : '?')}filters={Uri.EscapeDataString(filter)}");
        }
    }

    [RootFact]
    public async Task A_body_that_is_no_object_is_refused()
    {
        await node.DockerAsync("run", "-d", "--name", "api-1", LoneDaemon.Image, "sleep", "100");
        foreach (var path in Bodies)
        {
            foreach (var body in new[] { "nonsense", "[]", "7", "\"x\"", "{\"a\":1", "{\"a\":" + new string('[', 200), "{} {}" })
                await RefusedAsync("POST", path, body);
        }

        await node.DockerAsync("rm", "-f", "api-1");
    }

    [RootFact]
    public async Task A_body_of_any_size_ends_with_a_refusal()
    {
        var large = RawApi.Head("POST", "/containers/create", $"Content-Length: {100L << 20}\r\n");
        Assert.True((await Api.SendAsync(large)).IsRefusal);

        using var endless = await Api.ConnectAsync();
        await endless.SendAsync(Encoding.ASCII.GetBytes(RawApi.Head("POST", "/volumes/create", "Transfer-Encoding: chunked\r\n")));
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");
        for (var sent = 0; sent < 5 << 20; sent += 0x10000)
            await endless.SendAsync(chunk);
        endless.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.True((await RawApi.ReadAsync(endless)).IsRefusal);
    }

    /// <summary>Each field of a create, by a value of each kind: it may be taken for nothing, never for a fault of ours.</summary>
    [RootFact]
    public async Task No_value_of_a_field_is_a_fault_of_the_server()
    {
        var faults = new List<string>();
        foreach (var path in Fields(Sample(), ""))
        {
            foreach (var value in new[] { "null", "7", "-1", "\"\"", "\"x\"", "[null]", "[7]", "{}", "{\"x\":null}", "true" })
            {
                var body = Sample();
                Set(body, path, JsonNode.Parse(value));
                var answer = await Api.SendAsync("POST", "/containers/create", body.ToJsonString());
                if (answer.Status >= 500)
                    faults.Add($"{path}={value}: {answer.Body}");
                if (answer.Status == 201)
                    await Api.SendAsync("DELETE", $"/containers/{JsonNode.Parse(answer.Body)!["Id"]}?v=1");
            }
        }

        Assert.Empty(faults);
        Assert.Empty(await node.DockerAsync("ps", "-aq", "--filter", "status=created"));
    }

    private async Task RefusedAsync(string method, string path, string? body = null)
    {
        var answer = await Api.SendAsync(method, path, body);
        Assert.True(answer.IsRefusal, $"{method} {path} {body}: {answer.Status} {answer.Body}");
    }

    private static IEnumerable<string> Fields(JsonNode node, string prefix)
    {
        foreach (var (name, value) in node.AsObject())
        {
            yield return prefix + name;
            if (value is JsonObject { Count: > 0 } inner)
            {
                foreach (var field in Fields(inner, $"{prefix}{name} "))
                    yield return field;
            }
        }
    }

    private static void Set(JsonNode node, string path, JsonNode? value)
    {
        var steps = path.Split(' ');
        foreach (var step in steps[..^1])
            node = node[step]!;
        node[steps[^1]] = value;
    }

    private static JsonNode Sample() => JsonNode.Parse("""
        {
          "Image": "busybox:test", "Cmd": ["true"], "Entrypoint": [], "Env": ["A=b"], "Labels": {"a": "b"}, "User": "",
          "Hostname": "", "WorkingDir": "/", "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/v": {}}, "StopSignal": "TERM",
          "StopTimeout": 1, "Tty": false, "MacAddress": "",
          "Healthcheck": {"Test": ["CMD", "true"], "Interval": 0, "Retries": 0},
          "HostConfig": {
            "Binds": [], "NetworkMode": "bridge", "PortBindings": {"80/tcp": [{"HostPort": ""}]},
            "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}, "LogConfig": {"Type": "json-file", "Config": {}},
            "VolumesFrom": [], "CapAdd": [], "CapDrop": [], "Dns": [], "DnsSearch": [], "ExtraHosts": [], "GroupAdd": [],
            "IpcMode": "", "PidMode": "", "UTSMode": "", "UsernsMode": "", "CgroupnsMode": "", "Links": [], "SecurityOpt": [],
            "Tmpfs": {}, "Sysctls": {}, "ShmSize": 0, "Memory": 0, "NanoCpus": 0, "CpusetCpus": "", "PidsLimit": 0,
            "Ulimits": [], "Devices": [], "DeviceRequests": [], "Mounts": [], "Init": false, "Runtime": "", "Annotations": {},
            "AutoRemove": false, "ReadonlyRootfs": false, "Privileged": false, "BlkioWeight": 0, "ConsoleSize": [0, 0]
          },
          "NetworkingConfig": {"EndpointsConfig": {"bridge": {"Aliases": [], "Links": [], "IPAMConfig": {"IPv4Address": ""}}}}
        }
        """)!;
}
