using System.Text;
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

    /// <summary>The whole table, in one transaction; connections that exist are not disturbed.</summary>
    /// <param name="model">Of that family alone.</param>
    public static string Replace(IpFamily family, BalancerModel model)
    {
        if (model.Vips.IsEmpty)
            return family.Delete(Name);
        var ip = family.Table;
        var slots = Slots(model).Select(s => Element(s.Vip, s.Slot, s.Backend)).ToList();
        return $$"""
            {{family.Delete(Name)}}
            table {{ip}} {{Name}} {
              map backends {
                typeof {{ip}} daddr . numgen random mod {{SlotTable.Size}} : {{ip}} daddr
                {{(slots.Count == 0 ? "" : $"elements = {{ {string.Join(", ", slots)} }}")}}
              }
              set vips {
                type {{family.AddressType}}
                elements = { {{string.Join(", ", model.Vips.Keys)}} }
              }
              set sticky {
                type {{family.AddressType}}
                {{(model.Sticky.IsEmpty ? "" : $"elements = {{ {string.Join(", ", model.Sticky)} }}")}}
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

    /// <summary>Only the elements that differ, in one transaction. Empty: nothing does.</summary>
    public static string Change(IpFamily family, BalancerModel from, BalancerModel to)
    {
        if (from.Vips.IsEmpty || to.Vips.IsEmpty)
            return from.Vips.IsEmpty && to.Vips.IsEmpty ? "" : Replace(family, to);
        var script = new StringBuilder();
        var (gone, come) = (Slots(from).Except(Slots(to)).ToList(), Slots(to).Except(Slots(from)).ToList());
        Append(script, family, "delete", "vips", from.Vips.Keys.Except(to.Vips.Keys));
        Append(script, family, "delete", "sticky", from.Sticky.Except(to.Sticky));
        Append(script, family, "delete", "backends", gone.Select(s => $"{s.Vip} . {s.Slot}"));
        Append(script, family, "add", "vips", to.Vips.Keys.Except(from.Vips.Keys));
        Append(script, family, "add", "sticky", to.Sticky.Except(from.Sticky));
        Append(script, family, "add", "backends", come.Select(s => Element(s.Vip, s.Slot, s.Backend)));
        return script.ToString();
    }

    private static IEnumerable<(string Vip, int Slot, string Backend)> Slots(BalancerModel model) =>
        model.Vips.SelectMany(v => v.Value.Select((backend, slot) => (v.Key, slot, backend)));

    private static string Element(string vip, int slot, string backend) => $"{vip} . {slot} : {backend}";

    private static void Append(
        StringBuilder script, IpFamily family, string verb, string set, IEnumerable<string> elements)
    {
        var list = string.Join(", ", elements);
        if (list.Length > 0)
            script.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{verb} element {family.Table} {Name} {set} {{ {list} }}\n");
    }
}
