using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Orchestrator.Network.Switching;

/// <summary>Open vSwitch on this host: which bridges it has, and which ports of ours are in them.</summary>
/// <remarks>What it is told it keeps over a reboot, so ports that nobody needs have to be taken out.</remarks>
/// <param name="socket">Of its database.</param>
internal sealed class VirtualSwitch(string socket)
{
    private const string Bridges = "Bridge", Ports = "Port", Interfaces = "Interface", Root = "Open_vSwitch";

    /// <summary>Key among the external ids of what is ours; the value is the link's alias.</summary>
    private const string Mark = "orch";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public bool IsThere => File.Exists(socket);

    public bool HasBridge(string name) => IsThere
        && Talk(db => Rows(db.Transact(Select(Bridges, ["name"], Is("name", name)))[0])).Count > 0;

    /// <summary>A bridge whose packets a program switches, which sees them before a card would have summed them up.</summary>
    public bool IsInUserSpace(string bridge) => Talk(db =>
        Rows(db.Transact(Select(Bridges, ["datapath_type"], Is("name", bridge)))[0]))
        is [var row] && row["datapath_type"]!.GetValue<string>() == "netdev";

    /// <summary>Makes a bridge, which goes by <see cref="RemoveBridge"/>.</summary>
    public void AddBridge(string name)
    {
        Commit(
            Insert(Interfaces, "interface", new JsonObject { ["name"] = name, ["type"] = "internal" }),
            Insert(Ports, "port", new JsonObject { ["name"] = name, ["interfaces"] = Named("interface") }),
            Insert(Bridges, "bridge", new JsonObject { ["name"] = name, ["ports"] = Named("port"), ["external_ids"] = Ids(name) }),
            Mutate(Root, [], "bridges", "insert", SetOf(Named("bridge"))));
        Check(name, () => RemoveBridge(name));
    }

    /// <summary>Removes a bridge that was made here and has no ports but its own; any other stays.</summary>
    public void RemoveBridge(string name)
    {
        var found = Talk(db => Rows(db.Transact(Select(Bridges, ["_uuid", "ports", "external_ids"], Is("name", name)))[0]));
        if (found is [var bridge] && IsOurs(bridge) && Elements(bridge["ports"]).Count <= 1)
            Commit(Mutate(Root, [], "bridges", "delete", SetOf(bridge["_uuid"]!.DeepClone())));
    }

    /// <summary>Bridges that were made here.</summary>
    public ImmutableArray<string> ListBridges() => List(Bridges);

    /// <summary>Ports of ours, in whichever bridge.</summary>
    public ImmutableArray<string> ListPorts() => List(Ports);

    /// <summary>Is a port in that bridge, in that VLAN?</summary>
    /// <param name="tag">Null: in none.</param>
    public bool HasPort(string bridge, string port, int? tag) => Talk(db =>
    {
        if (Rows(db.Transact(Select(Ports, ["_uuid", "tag"], Is("name", port)))[0]) is not [var row])
            return false;
        var has = row["tag"] is JsonValue number ? number.GetValue<int>() : (int?)null;
        var within = Rows(db.Transact(Select(Bridges, ["name"], Condition("ports", "includes", row["_uuid"]!.DeepClone())))[0]);
        return has == tag && within is [var one] && one["name"]!.GetValue<string>() == bridge;
    });

    /// <summary>Puts a link of this host into a bridge; done again, it does nothing.</summary>
    /// <exception cref="NetworkException">The switch cannot take it; nothing is left of it there.</exception>
    public void AddPort(string bridge, string port, int? tag, string alias)
    {
        if (HasPort(bridge, port, tag))
            return;
        RemovePort(port);
        var row = new JsonObject { ["name"] = port, ["interfaces"] = Named("interface"), ["external_ids"] = Ids(alias) };
        if (tag is { } vlan)
            row["tag"] = vlan;
        Commit(
            Insert(Interfaces, "interface", new JsonObject { ["name"] = port, ["external_ids"] = Ids(alias) }),
            Insert(Ports, "port", row),
            Mutate(Bridges, Is("name", bridge), "ports", "insert", SetOf(Named("port"))));
        Check(port, () => RemovePort(port));
    }

    /// <summary>Takes a port of ours out of whichever bridge it is in.</summary>
    public void RemovePort(string port)
    {
        var found = Talk(db => Rows(db.Transact(Select(Ports, ["_uuid", "external_ids"], Is("name", port)))[0]));
        if (found is not [var row] || !IsOurs(row))
            return;
        var id = row["_uuid"]!;
        Commit(Mutate(Bridges, Condition("ports", "includes", id.DeepClone()), "ports", "delete", SetOf(id.DeepClone())));
    }

    private ImmutableArray<string> List(string table) => !IsThere ? [] : Talk(db =>
        Rows(db.Transact(Select(table, ["name", "external_ids"], []))[0]).Where(IsOurs)
            .Select(row => row["name"]!.GetValue<string>()).ToImmutableArray());

    /// <summary>Writes, and waits until the switch has followed.</summary>
    private void Commit(params ReadOnlySpan<JsonObject> operations)
    {
        JsonObject[] all =
        [
            .. operations, Mutate(Root, [], "next_cfg", "+=", JsonValue.Create(1)), Select(Root, ["next_cfg"], []),
        ];
        Talk(db =>
        {
            var wanted = Rows(db.Transact(all)[^1])[0]["next_cfg"]!.GetValue<long>();
            var start = TimeProvider.System.GetTimestamp();
            while (Rows(db.Transact(Select(Root, ["cur_cfg"], []))[0])[0]["cur_cfg"]!.GetValue<long>() < wanted)
            {
                if (TimeProvider.System.GetElapsedTime(start) > Patience)
                    throw new NetworkException(
                        NetworkFault.Kernel, "Open vSwitch's database answers, but ovs-vswitchd does not follow it; start that");
                Thread.Sleep(5);
            }

            return true;
        });
    }

    /// <summary>Could the switch do with a link what it was told to?</summary>
    private void Check(string name, Action undo)
    {
        var row = Talk(db => Rows(db.Transact(Select(Interfaces, ["error", "ofport"], Is("name", name)))[0]));
        // A port that is in has a number; of a bridge without a datapath nothing is said.
        if (row is [var one] && one["ofport"] is JsonValue number && number.GetValue<int>() >= 0)
            return;
        undo();
        var why = row is [var bad] && bad["error"] is JsonValue error ? error.GetValue<string>()
            : "it has no datapath for it; load the kernel's module openvswitch, or give the bridge datapath_type=netdev";
        throw new NetworkException(NetworkFault.Kernel, $"Open vSwitch cannot take {name}: {why}");
    }

    private T Talk<T>(Func<OvsdbSocket, T> talk)
    {
        try
        {
            using var db = OvsdbSocket.Open(socket);
            return talk(db);
        }
        catch (SocketException e)
        {
            throw new NetworkException(
                NetworkFault.Kernel, $"Open vSwitch does not answer at {socket} ({e.SocketErrorCode}); start openvswitch-switch", e);
        }
    }

    private static bool IsOurs(JsonObject row) =>
        // ["map", [[key, value], ...]].
        ((JsonArray)row["external_ids"]![1]!).Any(pair => pair![0]!.GetValue<string>() == Mark);

    private static List<JsonObject> Rows(JsonNode? result) => [.. ((JsonArray)result!["rows"]!).Select(row => (JsonObject)row!)];

    /// <summary>A set of one is written without being one. Source: RFC 7047 §5.1.</summary>
    private static List<JsonNode?> Elements(JsonNode? set) =>
        set is JsonArray { Count: 2 } pair && pair[0]!.GetValue<string>() == "set" ? [.. (JsonArray)pair[1]!] : [set];

    private static JsonObject Select(string table, string[] columns, JsonArray where) => new()
    {
        ["op"] = "select", ["table"] = table, ["where"] = where,
        ["columns"] = new JsonArray([.. columns.Select(c => (JsonNode)JsonValue.Create(c))]),
    };

    private static JsonObject Insert(string table, string name, JsonObject row) =>
        new() { ["op"] = "insert", ["table"] = table, ["uuid-name"] = name, ["row"] = row };

    private static JsonObject Mutate(string table, JsonArray where, string column, string mutator, JsonNode value) => new()
    {
        ["op"] = "mutate", ["table"] = table, ["where"] = where,
        ["mutations"] = new JsonArray(new JsonArray(column, mutator, value)),
    };

    private static JsonArray Is(string column, string value) => Condition(column, "==", JsonValue.Create(value));

    private static JsonArray Condition(string column, string function, JsonNode value) =>
        new(new JsonArray(column, function, value));

    private static JsonArray Named(string name) => new("named-uuid", name);

    private static JsonArray SetOf(JsonNode one) => new("set", new JsonArray(one));

    private static JsonArray Ids(string alias) => new("map", new JsonArray(new JsonArray(Mark, alias)));
}
