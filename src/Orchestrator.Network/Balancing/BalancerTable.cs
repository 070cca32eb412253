using System.Net;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Balancing;

/// <summary>nftables text for the table in each container's namespace that spreads connections to virtual addresses.
/// Pure.</summary>
/// <remarks>
/// The client's own namespace chooses the backend, once a connection: the backend sees the client's own address, and
/// there is no middle box. An address without backends is refused at once instead of hanging.
/// </remarks>
internal static class BalancerTable
{
    public const string Name = "orch_lb";

    private const string Backends = "backends", Vips = "vips", Sticky = "sticky";

    /// <summary>The whole table, in one transaction; connections that exist are not disturbed.</summary>
    /// <param name="model">Of that family alone.</param>
    public static string Replace(IpFamily family, BalancerModel model)
    {
        if (model.Vips.IsEmpty)
            return family.Delete(Name);
        var ip = family.Table;
        var elements = Elements(model).ToLookup(e => e.Set);
        return $$"""
            {{family.Delete(Name)}}
            table {{ip}} {{Name}} {
              map backends {
                typeof {{ip}} daddr . numgen random mod {{SlotTable.Size}} : {{ip}} daddr
                {{NftElement.List(elements[Backends])}}
              }
              set vips {
                type {{family.AddressType}}
                {{NftElement.List(elements[Vips])}}
              }
              set sticky {
                type {{family.AddressType}}
                {{NftElement.List(elements[Sticky])}}
              }
              chain output {
                type nat hook output priority -100; policy accept;
                {{ip}} daddr @sticky dnat to {{ip}} daddr . jhash {{ip}} saddr mod {{SlotTable.Size}} seed {{SlotTable.Seed}} map @backends
                {{ip}} daddr @vips dnat to {{ip}} daddr . numgen random mod {{SlotTable.Size}} map @backends
                # Here, where only what opens a connection comes by, and not every packet of those that are open.
                {{ip}} daddr @vips meta l4proto tcp reject with tcp reset
                {{ip}} daddr @vips reject
              }
            }

            """;
    }

    /// <summary>What differs between two that both have virtual addresses: of one without there is no table.</summary>
    public static NftBatch Change(IpFamily family, BalancerModel from, BalancerModel to) =>
        NftBatch.Between(family.TableNamed(Name), Elements(from), Elements(to));

    private static IEnumerable<NftElement> Elements(BalancerModel model)
    {
        foreach (var (vip, backends) in model.Vips)
        {
            var address = Value(vip);
            yield return new NftElement(Vips, address);
            for (var slot = 0; slot < backends.Length; slot++)
                yield return new NftElement(Backends, NftValue.Join(address, NftValue.Number((uint)slot)), Value(backends[slot]));
        }

        foreach (var vip in model.Sticky)
            yield return new NftElement(Sticky, Value(vip));
    }

    private static NftValue Value(string address) => NftValue.Of(IPAddress.Parse(address));
}
