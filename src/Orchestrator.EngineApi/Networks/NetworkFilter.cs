using Orchestrator.EngineApi.Containers;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Networks;

/// <summary>What <c>network ls --filter</c> selects. Pure.</summary>
internal static class NetworkFilter
{
    public static bool Matches(Api.Filters filters, NetworkConfig network, bool used) =>
        Any(filters, "driver", driver => (network.Driver == NetworkDrivers.None ? "null" : network.Driver) == driver)
        && Any(filters, "id", id => network.Id.StartsWith(id, StringComparison.Ordinal))
        && Any(filters, "name", name => network.Name.Contains(name, StringComparison.Ordinal))
        && Any(filters, "scope", scope => network.Scope == scope)
        && Any(filters, "type", type => (type == "builtin") == NodeNetwork.IsPredefined(network.Name))
        && Any(filters, "dangling", value => (value is "true" or "1") == (!used && !NodeNetwork.IsPredefined(network.Name)))
        && filters["label"].All(label => ContainerFilter.HasLabel(network.Labels, label));

    private static bool Any(Api.Filters filters, string key, Func<string, bool> matches) =>
        !filters.Has(key) || filters[key].Any(matches);
}
