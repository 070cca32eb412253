using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Scheduling;

/// <summary>What the networks and published ports of a task need of the kernel of its node. Pure.</summary>
internal sealed class NetworkNeeds(StoreRoot root)
{
    /// <returns>Features, each with the alternatives that will do: <c>wireguard|esp</c>.</returns>
    public IEnumerable<string> Of(OrchTask task) => task.Networks
        .Select(attached => root.Networks.Get(attached.NetworkId.Value)).OfType<Network>()
        .SelectMany(Of).Concat(task.Networks.SelectMany(attached => OfLimits(attached.Options)))
        .Concat(task.Endpoint?.Ports.Any(p => p.Protocol == PortProtocol.Sctp) == true ? ["sctp"] : [])
        .Distinct();

    /// <returns>The first of them that a node has not; null: it has all, or did not say what it has.</returns>
    public string? MissingOn(Node node, OrchTask task) =>
        node.Description?.NetworkFeatures is { IsEmpty: false } features
            ? Of(task).FirstOrDefault(need => !need.Split('|').Any(
                feature => features.GetValueOrDefault(feature) == NodeDescription.FeatureWorks))
            : null;

    /// <summary>Once it is chosen, one way of encryption alone will do.</summary>
    private static IEnumerable<string> Of(Network network) => Of(network.Spec).Select(need =>
        need == AnyEncryption && network.Allocation is { Encryption.Length: > 0 } chosen ? chosen.Encryption : need);

    private const string AnyEncryption = $"{NetworkEncryption.WireGuard}|{NetworkEncryption.Esp}";

    private static IEnumerable<string> OfLimits(IReadOnlyDictionary<string, string> options) =>
        Bandwidth.Options.Any(options.ContainsKey) ? ["ifb", "tbf"] : [];

    public static IEnumerable<string> Of(NetworkSpec spec)
    {
        var features = spec.Driver switch
        {
            "overlay" => ["bridge", "veth", "vxlan"],
            "macvlan" => ["macvlan"],
            "ipvlan" => ["ipvlan"],
            "vlan" => ["bridge", "veth", "8021q|vlan_filtering"],
            _ => Array.Empty<string>(),
        };
        foreach (var feature in features)
            yield return feature;
        if (spec is { EnableIPv6: true, Ingress: false }) // A node without it takes part in the mesh by IPv4.
            yield return "ipv6";
        // A parent such as eth0.42 is made on demand.
        if (spec.Driver is "macvlan" or "ipvlan" && spec.DriverOptions.GetValueOrDefault("parent")?.Contains('.') == true)
            yield return "8021q";
        if (spec.Driver == "overlay" && NetworkEncryption.IsAsked(spec.DriverOptions))
            yield return AnyEncryption;
        foreach (var feature in OfLimits(spec.DriverOptions))
            yield return feature;
    }
}
