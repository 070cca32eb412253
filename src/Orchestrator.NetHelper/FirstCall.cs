using System.Collections.Immutable;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.NetHelper;

/// <summary>Has a container's connections to virtual addresses translated from the first answer on that names one.</summary>
/// <remarks>
/// Translation means that the kernel tracks every connection of that namespace, to wherever: who calls no virtual address
/// is spared it. It is done here, before the answer leaves, since orchd may be away just now; it hears of it and keeps the
/// table up to date from then on.
/// </remarks>
internal sealed class FirstCall(string containerId, NetNamespace ns, Callers callers)
{
    private readonly Lock gate = new();
    private bool prepared;

    /// <param name="tables">Of the networks that the container is on.</param>
    public void Prepare(ImmutableArray<DnsRecord> answer, IReadOnlyList<NameTable> tables)
    {
        if (prepared || !answer.Any(r => Services(tables).Any(s => s.Vips.Contains(r.Value))))
            return;
        lock (gate)
        {
            if (prepared)
                return;
            try
            {
                Translate(BalancerModel.For(containerId, Services(tables)));
                prepared = true;
            }
            catch (Exception e) when (e is NftException or LinuxException or IOException)
            {
                HelperLog.Write($"{containerId} cannot call a virtual address: {e.Message}"); // The next answer tries again.
                return;
            }
        }

        callers.Add(containerId);
    }

    private void Translate(BalancerModel model)
    {
        using var present = ns.Run(NftReader.Open);
        foreach (var family in IpFamily.Both.Where(f => !model.Of(f).Vips.IsEmpty))
        {
            var table = family.TableNamed(BalancerTable.Name);
            if (present.Fingerprint(table.Family, table.Name) is null) // Else the daemon was first, and knows better.
                Nft.Apply(ns, BalancerTable.Replace(family, model.Of(family)));
        }
    }

    private static IEnumerable<BalancedService> Services(IEnumerable<NameTable> tables) =>
        tables.SelectMany(t => t.Balanced ?? []);
}
