using System.Collections.Immutable;
using Orchestrator.Network.Parents;

namespace Orchestrator.Network;

/// <summary>Config-only networks: settings that others take. Of a network of the cluster each node takes its own.</summary>
public sealed partial class NodeNetwork
{
    /// <summary>A network as asked for, with the settings of the one that it takes them from.</summary>
    /// <exception cref="NetworkException">There is no such one, or settings were given besides.</exception>
    public NetworkConfig Configure(NetworkConfig config)
    {
        if (config.ConfigFrom.Length == 0)
            return config;
        if (config.ConfigOnly)
            throw Forbidden("a configuration network cannot depend on another configuration network");
        if (!config.Pools.IsEmpty || config.EnableIPv6 || !config.Labels.IsEmpty)
            throw Forbidden(
                "user-specified configurations are not supported if the network depends on a configuration network; give "
                + $"them to {config.ConfigFrom}");
        if (!config.Options.IsEmpty)
            throw Forbidden(
                "network driver options are not supported if the network depends on a configuration network; give them to "
                + config.ConfigFrom);
        var source = ConfigurationOf(config) ?? throw new NetworkException(
            NetworkFault.NotFound,
            $"configuration network \"{config.ConfigFrom}\" not found; make it: orch network create --config-only "
            + config.ConfigFrom);
        return config with
        {
            ConfigFrom = source.Name,
            EnableIPv6 = source.EnableIPv6,
            Pools = source.Pools,
            Options = source.Options,
            Labels = source.Labels,
        };
    }

    /// <returns>Each config-only network, and the link that it names as parent.</returns>
    public ImmutableSortedDictionary<string, string> ListConfigParents() => networks.Values.Where(n => n.ConfigOnly)
        .ToImmutableSortedDictionary(n => n.Name, ParentOptions.ParentOf, StringComparer.Ordinal);

    private NetworkConfig? ConfigurationOf(NetworkConfig network) =>
        networks.Values.FirstOrDefault(n => n.ConfigOnly && n.Name == network.ConfigFrom);

    /// <summary>On disk and nowhere else. Subnets are looked at where they are used.</summary>
    private NetworkConfig AddConfiguration(NetworkConfig config)
    {
        if (config.Internal || config.Attachable || config.Ingress || config.IsOfCluster)
            throw Forbidden(
                "configuration network can only contain network specific fields. Network operator fields like "
                + "[ ingress | internal | attachable | scope ] are not supported.");
        var network = config with
        {
            Id = Hosting.LinkNames.NewId(), Driver = NetworkDrivers.Configuration, Created = DateTimeOffset.UtcNow,
        };
        Keep(network);
        return network;
    }

    private void RefuseTakenFrom(NetworkConfig network)
    {
        if (network.ConfigOnly && networks.Values.FirstOrDefault(n => n.ConfigFrom == network.Name) is { } user)
            throw Forbidden($"configuration network \"{network.Name}\" is in use; remove network {user.Name} first");
    }

    private static NetworkException Forbidden(string message) => new(NetworkFault.Forbidden, message);
}
