using System.Collections.Immutable;
using Orchestrator.Model;
using Orchestrator.Network;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>The networks that the cluster's store has, for the network routes to add to those of the node.</summary>
internal sealed class ClusterNetworks(ControlCalls control)
{
    /// <summary>Name and ID of the network that services have of their nodes; no object of the store, for each node's is its
    /// own.</summary>
    public const string Host = NetworkDrivers.Host;

    /// <summary>Empty where no cluster answers: the node's own networks are listed all the same.</summary>
    public async Task<ImmutableArray<NetworkConfig>> ListAsync(CancellationToken cancellationToken)
    {
        if (!await control.IsManagerAsync()) return [];
        try
        {
            var response = await control.CallAsync(
                c => c.ListNetworksAsync(new ListNetworksRequest(), cancellationToken: cancellationToken));
            return [.. response.Networks.Where(static n => !n.PendingDelete).Select(static n => ToConfig(n.ToModel()))];
        }
        catch (UserException)
        {
            return [];
        }
    }

    /// <summary>Null when the cluster has none of that reference, or there is no cluster.</summary>
    public async Task<NetworkConfig?> FindAsync(string reference, CancellationToken cancellationToken)
    {
        if (!await control.IsManagerAsync()) return null;
        if (reference == Host) return new NetworkConfig { Id = Host, Name = Host, Driver = NetworkDrivers.Host, Scope = "swarm" };
        try
        {
            var response = await control.CallAsync(c => c.GetNetworkAsync(
                new GetNetworkRequest { Reference = reference }, cancellationToken: cancellationToken));
            return ToConfig(response.Network.ToModel());
        }
        catch (UserException e) when (e.Code == Model.ErrorCode.NotFound)
        {
            return null;
        }
    }

    /// <returns>The new network's ID.</returns>
    public async Task<string> CreateAsync(NetworkConfig config, CancellationToken cancellationToken)
    {
        var spec = new Model.NetworkSpec
        {
            Annotations = new Model.Annotations(config.Name, config.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal)),
            Driver = config.Driver,
            DriverOptions = config.Options.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Internal = config.Internal,
            Attachable = config.Attachable,
            Ingress = config.Ingress,
            EnableIPv6 = config.EnableIPv6,
            ConfigFrom = config.ConfigFrom,
            Pools = [.. config.Pools.Select(static pool => new Model.IpamPool(
                pool.Subnet, pool.Gateway ?? "", pool.IpRange ?? "")
            {
                Auxiliary = pool.Reserved.ToImmutableSortedDictionary(StringComparer.Ordinal),
            })],
        };
        var response = await control.CallAsync(c => c.CreateNetworkAsync(
            new CreateNetworkRequest { Spec = spec.ToProto() }, cancellationToken: cancellationToken));
        return response.Network.Id;
    }

    public Task<UpdateNetworkResponse> UpdateAsync(
        string id, Api.NetworkUpdateRequest request, CancellationToken cancellationToken)
    {
        var message = new UpdateNetworkRequest
        {
            Id = id, PolicyAdd = { request.PolicyAdd ?? [] }, PolicyRemove = { request.PolicyRemove ?? [] },
            SetOptions = { request.Options ?? [] }, RemoveOptions = { request.OptionsRemove ?? [] },
        };
        return control.CallAsync(c => c.UpdateNetworkAsync(message, cancellationToken: cancellationToken));
    }

    public Task<RemoveNetworkResponse> RemoveAsync(string id, CancellationToken cancellationToken) =>
        control.CallAsync(
            c => c.RemoveNetworkAsync(new RemoveNetworkRequest { Id = id }, cancellationToken: cancellationToken));

    internal static NetworkConfig ToConfig(Model.Network network) => new()
    {
        Id = network.Id.Value,
        Name = network.Spec.Name,
        Driver = network.Spec.Driver,
        Scope = "swarm",
        Internal = network.Spec.Internal,
        Attachable = network.Spec.Attachable,
        Ingress = network.Spec.Ingress,
        EnableIPv6 = network.Spec.EnableIPv6,
        Vni = network.Allocation is { Vni: > 0 } tunnelled ? tunnelled.Vni : null,
        ConfigFrom = network.Spec.ConfigFrom,
        Pools = [.. (network.Allocation?.Pools ?? network.Spec.Pools).Select(
            static pool => new Orchestrator.Network.IpamPool(
            pool.Subnet, SpecFields.OrNull(pool.Gateway), SpecFields.OrNull(pool.Range),
            pool.Auxiliary.IsEmpty ? null : pool.Auxiliary.ToImmutableDictionary()))],
        Options = Options(network),
        Labels = network.Spec.Annotations.Labels.ToImmutableDictionary(),
        Created = network.Meta.CreatedAt,
    };

    /// <summary>With the network's VNI under docker's name for it, and how it is encrypted.</summary>
    private static ImmutableDictionary<string, string> Options(Model.Network network)
    {
        var options = network.Spec.DriverOptions.ToImmutableDictionary();
        if (network.Allocation is { Encryption.Length: > 0 } chosen)
            options = options.SetItem(Model.NetworkEncryption.Option, chosen.Encryption);
        return network.Allocation is { Vni: > 0 } allocation
            ? options.SetItem(
                "com.docker.network.driver.overlay.vxlanid_list",
                allocation.Vni.ToString(System.Globalization.CultureInfo.InvariantCulture))
            : options;
    }
}
