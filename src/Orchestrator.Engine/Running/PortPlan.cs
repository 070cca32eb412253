using System.Globalization;
using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Engine.Running;

/// <summary>
/// Which ports a container publishes: those asked for, and with <c>-P</c> every exposed one besides. Pure.
/// </summary>
internal static class PortPlan
{
    /// <param name="address">Where ports are bound that name no address; empty: everywhere.</param>
    public static IReadOnlyList<PortBinding> Of(ContainerRecord record, string address = "") => address.Length == 0
        ? All(record) : [.. All(record).Select(port => port.HostIp.Length > 0 ? port : port with { HostIp = address })];

    private static IReadOnlyList<PortBinding> All(ContainerRecord record)
    {
        var host = record.Spec.Host;
        if (!host.PublishAllPorts)
            return host.PortBindings;
        var bound = host.PortBindings.Select(binding => (binding.ContainerPort, binding.Protocol)).ToHashSet();
        return
        [
            .. host.PortBindings,
            .. record.Process.ExposedPorts.SelectMany(Expand).Where(
                port => !bound.Contains((port.ContainerPort, port.Protocol))),
        ];
    }

    private static IEnumerable<PortBinding> Expand(string exposed)
    {
        var slash = exposed.IndexOf('/');
        var protocol = slash < 0 ? "tcp" : exposed[(slash + 1)..];
        var range = (slash < 0 ? exposed : exposed[..slash]).Split('-');
        var first = int.Parse(range[0], CultureInfo.InvariantCulture);
        var last = int.Parse(range[^1], CultureInfo.InvariantCulture);
        for (var port = first; port <= last; port++)
            yield return new PortBinding("", 0, port, protocol);
    }
}
