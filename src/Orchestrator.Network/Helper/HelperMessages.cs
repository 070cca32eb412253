using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Network.Dns;

namespace Orchestrator.Network.Helper;

/// <summary>What the daemon may ask of orch-net. Every request may be repeated: the second changes nothing.</summary>
internal enum HelperOperation // Sent as numbers, to an orch-net that may be of before: a new one goes last.
{
    /// <summary>What is there?</summary>
    List,

    /// <summary>Serve names inside a container's namespace; replaces what was served there.</summary>
    PutResolver,
    DropResolver,

    /// <summary>Know the names of a network; replaces the ones known.</summary>
    PutTable,
    DropTable,

    /// <summary>Hold host ports for an owner, all or none.</summary>
    Reserve,
    Release,

    /// <summary>Let go of everything, forget it, and end.</summary>
    Stop,

    /// <summary>State the rules of a container's resolver once more: somebody removed them.</summary>
    RestateResolver,

    /// <summary>Wait until a container was told a virtual address that had not been told one before.</summary>
    AwaitCaller,

    /// <summary>Is anybody awake? By it a helper is known that runs and does nothing.</summary>
    Ping,
}

/// <param name="Id">Container, network or owner that the operation is about.</param>
internal sealed record HelperRequest(HelperOperation Operation, string Id = "")
{
    public ResolverConfig? Resolver { get; init; }

    public NameTable? Table { get; init; }

    public ImmutableArray<PortBinding> Ports { get; init; } = [];

    /// <summary>Of AwaitCaller: the number of the last one that is known already; -1: answer at once.</summary>
    public int Seen { get; init; }
}

/// <param name="Error">Null: done. Otherwise one line for the user.</param>
internal sealed record HelperResponse(string? Error = null, NetworkFault Fault = NetworkFault.Kernel)
{
    /// <summary>With a port that is taken: for which owner it is held here; empty: for none.</summary>
    public string Holder { get; init => field = value ?? ""; } = "";

    /// <summary>Answer to Reserve: the ports, each with a number.</summary>
    public ImmutableArray<PortBinding> Ports { get; init; } = [];

    /// <summary>Answer to List.</summary>
    public HelperInventory? Inventory { get; init; }

    /// <summary>Answer to AwaitCaller: those that came since.</summary>
    public ImmutableArray<string> Callers { get; init; } = [];

    /// <summary>Answer to AwaitCaller: the number of the last of them.</summary>
    public int Seen { get; init; }
}

/// <summary>Ids of everything orch-net holds.</summary>
internal sealed record HelperInventory(
    int ProcessId, ImmutableArray<string> Resolvers, ImmutableArray<string> Tables, ImmutableArray<string> Owners)
{
    /// <summary>Virtual addresses are translated for a container from the first answer on that names one. False: an
    /// orch-net of before that, which leaves it to the daemon.</summary>
    public bool Translates { get; init; }
}

/// <summary>How one container's questions are answered.</summary>
/// <param name="NamespacePath">Where its network namespace is pinned.</param>
/// <param name="Networks">Networks whose names it sees, the first one asked first.</param>
/// <param name="Servers">Upstream resolvers, asked from the container's own namespace.</param>
/// <param name="HostServers">Upstream resolvers at loopback addresses of the host, asked from there.</param>
internal sealed record ResolverConfig(
    string ContainerId,
    string NamespacePath,
    ImmutableArray<string> Networks,
    ImmutableArray<string> Servers,
    ImmutableArray<string> HostServers)
{
    /// <summary>nft table in the container's namespace that leads its questions to orch-net.</summary>
    public const string TableName = "orch_dns";

    /// <summary>Names that this container alone knows others by.</summary>
    public ImmutableArray<NameLink> Links { get; init; } = [];

    public bool Equals(ResolverConfig? other) =>
        other is not null && ContainerId == other.ContainerId && NamespacePath == other.NamespacePath
        && Networks.SequenceEqual(other.Networks) && Servers.SequenceEqual(other.Servers)
        && HostServers.SequenceEqual(other.HostServers) && Known(Links).SequenceEqual(Known(other.Links));

    public override int GetHashCode() => HashCode.Combine(ContainerId, NamespacePath, Networks.Length);

    /// <summary>What a daemon of before links wrote has none.</summary>
    internal static ImmutableArray<NameLink> Known(ImmutableArray<NameLink> links) => links.IsDefault ? [] : links;
}

/// <summary>Ports held for one owner, as orch-net keeps them on disk.</summary>
internal sealed record PortReservation(string Owner, ImmutableArray<PortBinding> Ports);

[JsonSerializable(typeof(HelperRequest))]
[JsonSerializable(typeof(HelperResponse))]
[JsonSerializable(typeof(ResolverConfig))]
[JsonSerializable(typeof(NameTable))]
[JsonSerializable(typeof(PortReservation))]
internal sealed partial class HelperJson : JsonSerializerContext;
