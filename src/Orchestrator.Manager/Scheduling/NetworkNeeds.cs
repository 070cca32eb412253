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

    /// <returns>A link that a network of the task stands on and that a node has not, as <c>eth1 for network lan</c>; null: it
    /// has all, or did not say what it has.</returns>
    public string? MissingLinkOn(Node node, OrchTask task)
    {
        if (node.Description is not { Links.IsEmpty: false } description)
            return null;
        return task.Networks.Select(attached => root.Networks.Get(attached.NetworkId.Value)).OfType<Network>()
            .Select(network => (network.Spec.Name, Parent: ParentOn(description, network.Spec)))
            .Where(need => need.Parent.Length > 0 && !HasLink(description, need.Parent))
            .Select(need => $"{need.Parent} for network {need.Name}").FirstOrDefault();
    }

    /// <summary>The link that a network stands on there: a node's config-only network has the last word.</summary>
    private static string ParentOn(NodeDescription node, NetworkSpec spec) => !spec.IsSegment ? ""
        : node.ConfigNetworks.GetValueOrDefault(spec.ConfigFrom)
            ?? spec.DriverOptions.GetValueOrDefault(SegmentDrivers.ParentOption) ?? "";

    /// <summary>A link such as eth0.42 is made where there is eth0.</summary>
    private static bool HasLink(NodeDescription node, string parent) =>
        node.Links.Contains(parent)
        || (parent.LastIndexOf('.') is > 0 and var dot && node.Links.Contains(parent[..dot]));

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
            "vlan" => ["bridge", "veth", "8021q"],
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
