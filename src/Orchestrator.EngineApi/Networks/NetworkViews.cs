using System.Collections.Immutable;
using Orchestrator.Engine;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Networks;

/// <summary>Networks as docker shows and asks for them. Pure.</summary>
internal static class NetworkViews
{
    private const string SwarmScope = "swarm";
    private const string EnableIPv6Option = "com.docker.network.enable_ipv6";

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
        EnableIPv6 = request.EnableIPv6 ?? IsAsked(request.Options),
        Internal = request.Internal,
        Attachable = request.Attachable,
        Icc = request.Options?.GetValueOrDefault("com.docker.network.bridge.enable_icc") is not "false",
        Mtu = int.TryParse(request.Options?.GetValueOrDefault("com.docker.network.driver.mtu"), out var mtu)
            ? mtu : null,
        Options = (request.Options ?? []).ToImmutableDictionary(),
        Labels = (request.Labels ?? []).ToImmutableDictionary(),
    };

    private static string ScopeOf(Api.NetworkCreateRequest request) => request.Scope is not ("" or "local" or SwarmScope)
        ? throw EngineException.Invalid($"invalid scope \"{request.Scope}\"; give local, which is this node alone, or swarm")
        : request is { ConfigOnly: false, Driver: NetworkDrivers.Overlay } || request.Scope == SwarmScope ? SwarmScope : "local";

    /// <summary>As an option of the daemon's or of a compose file's may say it.</summary>
    public static bool IsAsked(Dictionary<string, string>? options) =>
        options?.GetValueOrDefault(EnableIPv6Option) is "true" or "1";

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
