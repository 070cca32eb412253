using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Encryption;

/// <summary>Makes this node's IPsec what a plan says. Others' associations and policies are left alone.</summary>
internal sealed class EspTunnels(HostSpace host)
{
    public void Ensure(EspPlan plan) => KernelFeature.Need("IPsec (modules esp4, xfrm_user)", "an encrypted network", () =>
    {
        using var xfrm = XfrmSocket.Open(host.Namespace);
        var (states, policies) = (xfrm.ListStates(EspPlan.Owner), xfrm.ListPolicies(EspPlan.Owner));
        // What is received under stands before anybody sends so, and as long as somebody may.
        foreach (var association in plan.Associations.Where(a => !states.Contains(a.State)))
            xfrm.Add(association.State, association.Derive());
        foreach (var policy in plan.Policies.Except(policies))
            xfrm.Put(policy);
        foreach (var gone in policies.Where(p => !plan.Policies.Any(w => IsOfSame(w, p))))
            xfrm.Remove(gone);
        foreach (var gone in states.Except(plan.Associations.Select(a => a.State)).Where(state => !plan.Keeps(state)))
            xfrm.Remove(gone);
    });

    public bool IsAsPlanned(EspPlan plan)
    {
        using var xfrm = XfrmSocket.Open(host.Namespace);
        var (states, wanted) = (xfrm.ListStates(EspPlan.Owner), plan.Associations.Select(a => a.State).ToHashSet());
        return wanted.IsSubsetOf(states) && states.TrueForAll(state => wanted.Contains(state) || plan.Keeps(state))
            && xfrm.ListPolicies(EspPlan.Owner).ToHashSet().SetEquals(plan.Policies);
    }

    /// <summary>The packets are the same, whatever they leave by.</summary>
    private static bool IsOfSame(EspPolicy one, EspPolicy other) => one with { Spi = other.Spi } == other;
}
