using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>Traffic control. Source: linux/pkt_sched.h, linux/rtnetlink.h.</summary>
public sealed partial class RouteSocket
{
    private const ushort RTM_NEWQDISC = 36, RTM_DELQDISC = 37, RTM_GETQDISC = 38;
    private const ushort RTM_NEWTCLASS = 40, RTM_DELTCLASS = 41, RTM_GETTCLASS = 42;
    private const int TCA_KIND = 1, TCA_OPTIONS = 2;

    /// <exception cref="NetlinkException">ENOENT with "Specified qdisc kind is unknown": the kernel has it not.
    /// EEXIST.</exception>
    public void PutQdisc(TrafficPlace place, TrafficKind kind, RoutePut put) =>
        netlink.Execute(TrafficEncoder.Write(
            Traffic(RTM_NEWQDISC, FlagsOf(put), $"{Verb(put)} qdisc {kind.Kind}", place).Add(TCA_KIND, kind.Kind),
            TCA_OPTIONS, kind));

    public void DeleteQdisc(TrafficPlace place) =>
        netlink.Execute(Traffic(RTM_DELQDISC, NetlinkFlags.None, "delete qdisc", place));

    public void PutClass(TrafficPlace place, TrafficKind kind, RoutePut put) =>
        netlink.Execute(TrafficEncoder.Write(
            Traffic(RTM_NEWTCLASS, FlagsOf(put), $"{Verb(put)} class {kind.Kind}", place).Add(TCA_KIND, kind.Kind),
            TCA_OPTIONS, kind));

    public void DeleteClass(TrafficPlace place) =>
        netlink.Execute(Traffic(RTM_DELTCLASS, NetlinkFlags.None, "delete class", place));

    /// <param name="link">0: of every link.</param>
    public List<TrafficInfo> ListQdiscs(int link = 0) => ListTraffic(RTM_GETQDISC, link);

    public List<TrafficInfo> ListClasses(int link) => ListTraffic(RTM_GETTCLASS, link);

    private List<TrafficInfo> ListTraffic(ushort type, int link) =>
        [.. netlink.Dump(Traffic(type, NetlinkFlags.None, "list traffic control", new TrafficPlace(link, 0, 0)))
            .Select(ParseTraffic).Where(t => link == 0 || t.Link == link)];

    private static NetlinkFlags FlagsOf(RoutePut put) => put switch
    {
        RoutePut.Add => Create,
        RoutePut.Replace => Put,
        _ => NetlinkFlags.None,
    };

    private static string Verb(RoutePut put) => put == RoutePut.Add ? "add" : put == RoutePut.Replace ? "replace" : "change";

    private static NetlinkMessage Traffic(ushort type, NetlinkFlags flags, string operation, TrafficPlace place) =>
        new NetlinkMessage(type, flags, operation)
            .Struct(new TcMsg { Index = place.Link, Parent = place.Parent, Handle = place.Handle });

    private static TrafficInfo ParseTraffic(byte[] payload)
    {
        var header = MemoryMarshal.Read<TcMsg>(payload);
        var attributes = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<TcMsg>()));
        var kind = attributes.Text(TCA_KIND) ?? "";
        return new TrafficInfo(
            kind, header.Index, header.Parent, header.Handle, kind == "tbf" ? RateOf(attributes.Nested(TCA_OPTIONS)) : 0);
    }

    /// <summary>struct tc_tbf_qopt begins with the rate's tc_ratespec, which ends with 32 bits of it.</summary>
    private static ulong RateOf(NetlinkAttributes tbf)
    {
        const int TCA_TBF_PARMS = 1, TCA_TBF_RATE64 = 4;
        if (tbf[TCA_TBF_RATE64] is { Length: >= 8 } large)
            return BitConverter.ToUInt64(large);
        return tbf[TCA_TBF_PARMS] is { Length: >= 12 } small ? BitConverter.ToUInt32(small[8..]) : 0;
    }
}
