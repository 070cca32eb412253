using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orchestrator.Engine;
using Orchestrator.Network;
using Orchestrator.Network.Bridging;

namespace Orchestrator.EngineApi.Networks;

/// <summary>Networks as docker shows and asks for them. Pure.</summary>
internal static partial class NetworkViews
{
    private const string SwarmScope = "swarm";

    /// <summary>What <c>run --network</c> takes for something else than the network of that name.</summary>
    private static readonly string[] Words = ["default", "bridge", "host", "none", "container"];

    public static Api.NetworkResource Of(
        NetworkConfig config, Dictionary<string, Api.EndpointResource> members) => new()
    {
        Name = config.Name,
        Id = config.Id,
        Created = config.Created,
        Scope = config.Scope,
        // docker calls the driver of "none" null.
        Driver = config.Driver == NetworkDrivers.None ? "null" : config.Driver,
        IPAM = new()
        {
            Options = null,
            Config =
            [
                .. config.Pools.Select(pool => new Api.IpamConfig
                {
                    Subnet = pool.Subnet, Gateway = pool.Gateway, IPRange = pool.IpRange,
                    AuxAddress = pool.Auxiliary is { Count: > 0 } auxiliary ? new(auxiliary) : null,
                }),
            ],
        },
        EnableIPv6 = config.EnableIPv6,
        Internal = config.Internal,
        Attachable = config.Attachable,
        Ingress = config.Ingress,
        ConfigOnly = config.ConfigOnly,
        ConfigFrom = new() { Network = config.ConfigFrom },
        Containers = members,
        Options = new(config.Options),
        Labels = new(config.Labels),
    };

    /// <exception cref="EngineException">There is no such scope.</exception>
    public static NetworkConfig ToConfig(Api.NetworkCreateRequest request) => new()
    {
        Name = request.Name,
        Driver = request.Driver.Length > 0 ? request.Driver
            : request.Scope == SwarmScope ? NetworkDrivers.Overlay : NetworkDrivers.Bridge,
        Scope = ScopeOf(request),
        ConfigOnly = request.ConfigOnly,
        ConfigFrom = request.ConfigFrom?.Network ?? "",
        Ingress = request.Ingress,
        Pools =
        [
            .. (request.IPAM?.Config ?? []).Where(pool => !string.IsNullOrEmpty(pool.Subnet))
                .Select(pool => new IpamPool(pool.Subnet!, NullIfEmpty(pool.Gateway), NullIfEmpty(pool.IPRange),
                    pool.AuxAddress?.ToImmutableDictionary())),
        ],
        EnableIPv6 = request.EnableIPv6 ?? BridgeOptions.IsOn(request.Options ?? [], BridgeOptions.IPv6, fallback: false),
        Internal = request.Internal,
        Attachable = request.Attachable,
        Icc = BridgeOptions.IsOn(request.Options ?? [], BridgeOptions.Icc, fallback: true),
        Mtu = int.TryParse(request.Options?.GetValueOrDefault("com.docker.network.driver.mtu"), out var mtu)
            ? mtu : null,
        Options = (request.Options ?? []).ToImmutableDictionary(),
        Labels = (request.Labels ?? []).ToImmutableDictionary(),
    };

    /// <exception cref="EngineException">What is asked for is none, or nobody has it here.</exception>
    /// <exception cref="NetworkException">The name is one that a user's network cannot have.</exception>
    public static void Check(Api.NetworkCreateRequest request)
    {
        if (request.Name.Length == 0)
            throw EngineException.Invalid("network name cannot be empty; name it: orch network create NAME");
        if (!Name().IsMatch(request.Name))
            throw EngineException.Invalid(
                $"\"{request.Name}\" includes invalid characters for a network name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are "
                + "allowed; choose another name");
        if (Words.Contains(request.Name))
            throw new NetworkException(
                NetworkFault.Forbidden,
                $"operation is not permitted on predefined {request.Name} network: containers say --network {request.Name} for "
                + "something else; choose another name");
        if (request.EnableIPv4 == false)
            throw EngineException.Invalid(
                $"network {request.Name} cannot be without IPv4: every network has it; leave out --ipv4=false");
        if (request.IPAM?.Driver is not (null or "" or "default"))
            throw EngineException.Invalid(
                $"ipam driver \"{request.IPAM.Driver}\" not found; addresses are given by default alone: leave out --ipam-driver");
        if (request.IPAM?.Options?.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } option)
            throw EngineException.Invalid($"IPAM option {option} is not supported; leave it out");
        if (request.IPAM?.Config?.Any(LacksSubnet) == true)
            throw EngineException.Invalid(
                "every ip-range or gateway must have a corresponding subnet; give that one, too, or leave them out");
        if (request is { Driver: NetworkDrivers.Overlay, Scope: "local", ConfigOnly: false })
            throw EngineException.Invalid(
                "cannot downgrade network scope for overlay networks; leave out --scope, or make one of this node alone: "
                + "--driver bridge");
        if (request is { Ingress: true, ConfigOnly: false } && ScopeOf(request) != SwarmScope)
            throw EngineException.Invalid(
                $"ingress network can only be global scope network; make {request.Name} with --driver overlay");
        if (BridgeOptions.FaultOf(request.Options ?? []) is { } fault)
            throw EngineException.Invalid(fault);
    }

    /// <param name="isHere">This node has one of that name, but one of the cluster was asked for, as for services.</param>
    public static string NotFound(string reference, bool isHere) => isHere
        ? $"The network {reference} cannot be used with services. Only networks scoped to the swarm can be used, such as those "
            + "created with the overlay driver: orch network create -d overlay NAME"
        : $"network {reference} not found";

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]*\z")]
    private static partial Regex Name();

    private static string ScopeOf(Api.NetworkCreateRequest request) => request.Scope is not ("" or "local" or SwarmScope)
        ? throw EngineException.Invalid($"invalid scope \"{request.Scope}\"; give local, which is this node alone, or swarm")
        : request is { ConfigOnly: false, Driver: NetworkDrivers.Overlay } || request.Scope == SwarmScope ? SwarmScope : "local";

    private static bool LacksSubnet(Api.IpamConfig pool) => string.IsNullOrEmpty(pool.Subnet)
        && (NullIfEmpty(pool.Gateway) ?? NullIfEmpty(pool.IPRange) ?? pool.AuxAddress?.Values.FirstOrDefault()) is not null;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
