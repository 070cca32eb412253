using Orchestrator.Model;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Whether a network of the world outside (macvlan, ipvlan, vlan) can be the whole cluster's. Pure.</summary>
internal static class SegmentValidator
{
    /// <exception cref="UserException">It cannot.</exception>
    public static void Validate(NetworkSpec spec, IReadOnlyCollection<Network> others)
    {
        if (spec.Ingress)
            throw UserErrors.Invalid(
                $"ingress network cannot be of driver {spec.Driver}", "Use --driver overlay: published ports travel on that.");
        if (SegmentDrivers.FaultOf(spec.Driver, spec.DriverOptions) is { } fault)
            throw UserErrors.Invalid(fault);
        if (ParentOf(spec).Length == 0 && spec.ConfigFrom.Length == 0)
            throw UserErrors.Invalid(
                $"network {spec.Name} of driver {spec.Driver} stands on no network card, so its nodes would have nothing in common",
                "Name the card: -o parent=eth0, or --config-from a config-only network of each node.");
        RefuseOptions(spec);
        RefuseTaken(spec, others);
    }

    private static void RefuseOptions(NetworkSpec spec)
    {
        if (spec.DriverOptions.ContainsKey(NetworkEncryption.Option))
            throw UserErrors.Invalid(
                $"network {spec.Name} of driver {spec.Driver} cannot be encrypted: it has no tunnel", "Use --driver overlay.");
        if (spec.DriverOptions.ContainsKey(NetworkPolicy.Option))
            throw UserErrors.Invalid(
                $"network {spec.Name} of driver {spec.Driver} can have no policy: others than services are on it",
                "Use --driver overlay.");
        if (spec.Driver != SegmentDrivers.Vlan && Bandwidth.Options.Any(spec.DriverOptions.ContainsKey))
            throw UserErrors.Invalid(
                $"network {spec.Name} of driver {spec.Driver} can have no bandwidth: its links have no end on the host",
                "Use --driver vlan or overlay.");
    }

    /// <summary>Two networks with a config-only network may well be on different cards of each node.</summary>
    private static void RefuseTaken(NetworkSpec spec, IReadOnlyCollection<Network> others)
    {
        var rivals = others.Select(other => other.Spec).Where(other => other.Driver == spec.Driver
            && other.ConfigFrom.Length == 0 && spec.ConfigFrom.Length == 0 && ParentOf(other) == ParentOf(spec));
        foreach (var rival in rivals)
        {
            if (spec.Driver == SegmentDrivers.Vlan
                && SegmentDrivers.TagOf(rival.DriverOptions) == SegmentDrivers.TagOf(spec.DriverOptions))
                throw UserErrors.Invalid(
                    $"network {rival.Name} is already on VLAN {SegmentDrivers.TagOf(spec.DriverOptions)} of {ParentOf(spec)}",
                    "Attach services to that one.");
            if (spec.Driver == SegmentDrivers.Macvlan && (PassesThrough(spec) || PassesThrough(rival)))
                throw UserErrors.Invalid(
                    $"network {rival.Name} is already using parent interface {ParentOf(spec)}",
                    "passthru leaves no room for a second network.");
        }
    }

    private static bool PassesThrough(NetworkSpec spec) =>
        spec.DriverOptions.GetValueOrDefault(SegmentDrivers.MacvlanModeOption) == "passthru";

    private static string ParentOf(NetworkSpec spec) => spec.DriverOptions.GetValueOrDefault(SegmentDrivers.ParentOption) ?? "";
}
