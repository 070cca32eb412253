using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Tests.ReadBack;

/// <summary>A namespace with a bridge above a VXLAN link, to program and to read back with Debian's own programs.</summary>
internal sealed class Space : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"orch-read-{Guid.NewGuid():N}");

    public Space()
    {
        Namespace = NetNamespace.CreatePinned(path);
        Route = RouteSocket.Open(Namespace);
        Route.SetUp("lo");
        var bridge = Route.EnsureBridge("br0", new BridgeSettings(Learning: false));
        Route.CreateVxlan(new VxlanSettings("vx0", 4096, IPAddress.Loopback, 4789, 1450), Namespace);
        Route.SetMaster("vx0", bridge.Index);
        Route.SetUp("vx0");
        Vxlan = Route.GetLink("vx0").Index;
        Bridge = bridge.Index;
        Route.EnsureAddress(Bridge, IPAddress.Parse("10.0.0.1"), 24);
        Route.EnsureAddress(Bridge, IPAddress.Parse("fd00::1"), 64);
    }

    public NetNamespace Namespace { get; }

    public RouteSocket Route { get; }

    public int Bridge { get; }

    public int Vxlan { get; }

    /// <summary>What a program says, as the list of objects that it is.</summary>
    public IEnumerable<JsonNode> Read(params string[] command)
    {
        using var process = Namespace.Run(() => Process.Start(
            new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true }))!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Trim().Length == 0 ? [] : JsonNode.Parse(text)!.AsArray().OfType<JsonNode>();
    }

    /// <summary>Elements of a set or map as nft reads them back, each as it is written in a script.</summary>
    public List<string> Elements(string family, string table, string set)
    {
        using var process = Namespace.Run(() => Process.Start(
            new ProcessStartInfo("nft", ["-j", "list", "table", family, table]) { RedirectStandardOutput = true }))!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var found = JsonNode.Parse(text)!["nftables"]!.AsArray().Select(o => o!["set"] ?? o["map"]).First(o => (string?)o?["name"] == set)!;
        return [.. (found["elem"]?.AsArray() ?? []).Select(e => Text(e!)).Order(StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        Route.Dispose();
        Namespace.Dispose();
        NetNamespace.Unpin(path);
    }

    private static string Text(JsonNode node) => node switch
    {
        JsonArray pair => $"{Text(pair[0]!)} : {Text(pair[1]!)}",
        JsonObject o when o["concat"] is JsonArray parts => string.Join(" . ", parts.Select(p => Text(p!))),
        JsonObject o when o["range"] is JsonArray range => $"{Text(range[0]!)}-{Text(range[1]!)}",
        JsonObject o when o["elem"] is { } inner => Text(inner["val"]!),
        _ => node.ToString(),
    };
}
