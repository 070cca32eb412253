using System.Globalization;
using System.Security.Cryptography;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Encryption;

/// <summary>Makes this node's IPsec what a plan says. Others' associations and policies are left alone. Any
/// thread.</summary>
/// <remarks>Who receives takes no packet's number twice, so an association that was lost cannot be made again as it
/// was: its numbers would begin anew. The node goes on under another epoch, which others are told.</remarks>
/// <param name="file">Has the epoch of what stands in the kernel, for the next daemon.</param>
internal sealed class EspTunnels(HostSpace host, string file)
{
    private readonly Lock gate = new();
    private HashSet<EspState>? standing; // Null: nobody has looked yet.
    private uint epoch;

    /// <summary>What this node's associations are made under; 0: its kernel has no IPsec.</summary>
    public uint Epoch
    {
        get
        {
            lock (gate)
            {
                Look();
                return epoch;
            }
        }
    }

    /// <param name="wanted">Asked again when another epoch has begun.</param>
    public void Ensure(Func<EspPlan> wanted) => KernelFeature.Need(
        "IPsec (modules esp4, xfrm_user)", "an encrypted network", () =>
    {
        lock (gate)
        {
            using var xfrm = XfrmSocket.Open(host.Namespace);
            Look();
            var found = xfrm.ListStates(EspPlan.Owner).ToHashSet();
            var plan = wanted();
            if (!standing!.IsSubsetOf(found) || !Gone(found, plan).All(plan.EndsOnBothSides))
            {
                Renew();
                plan = wanted();
            }

            Apply(plan, found, xfrm);
        }
    });

    public bool IsAsPlanned(EspPlan plan)
    {
        using var xfrm = XfrmSocket.Open(host.Namespace);
        var states = xfrm.ListStates(EspPlan.Owner).ToHashSet();
        return states.IsSupersetOf(plan.Associations.Select(a => a.State)) && !Gone(states, plan).Any()
            && xfrm.ListPolicies(EspPlan.Owner).ToHashSet().SetEquals(plan.Policies);
    }

    private static IEnumerable<EspState> Gone(IEnumerable<EspState> found, EspPlan plan) =>
        found.Except(plan.Associations.Select(a => a.State)).Where(state => !plan.Keeps(state));

    private void Apply(EspPlan plan, HashSet<EspState> found, XfrmSocket xfrm)
    {
        standing = found;
        if (!plan.Associations.IsEmpty && !File.Exists(file))
            File.WriteAllText(file, epoch.ToString(CultureInfo.InvariantCulture));
        // What is received under stands before anybody sends so, and as long as somebody may.
        foreach (var association in plan.Associations.Where(a => !found.Contains(a.State)))
        {
            xfrm.Add(association.State, association.Secret());
            standing.Add(association.State);
        }

        var policies = xfrm.ListPolicies(EspPlan.Owner);
        foreach (var policy in plan.Policies.Except(policies))
            xfrm.Put(policy);
        foreach (var gone in policies.Where(p => !plan.Policies.Any(w => IsOfSame(w, p))))
            xfrm.Remove(gone);
        foreach (var gone in Gone(found, plan).ToList())
        {
            xfrm.Remove(gone);
            standing.Remove(gone);
        }
    }

    /// <summary>Takes over what an earlier daemon left, if it is known what that was made under.</summary>
    private void Look()
    {
        if (standing is not null)
            return;
        try
        {
            using var xfrm = XfrmSocket.Open(host.Namespace);
            standing = [.. xfrm.ListStates(EspPlan.Owner)];
        }
        catch (Exception e) when (e is NetlinkException or LinuxException)
        {
            standing = [];
            return;
        }

        var isKnown = standing.Count > 0 && File.Exists(file)
            && uint.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out epoch);
        if (!isKnown)
            Renew();
    }

    private void Renew()
    {
        epoch = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
        if (File.Exists(file)) // Its folder may not be there yet.
            File.Delete(file);
    }

    /// <summary>The packets are the same, whatever they leave by.</summary>
    private static bool IsOfSame(EspPolicy one, EspPolicy other) => one with { Spi = other.Spi } == other;
}
