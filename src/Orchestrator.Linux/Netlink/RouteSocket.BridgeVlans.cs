using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>VLANs of a bridge's ports. Source: linux/if_bridge.h.</summary>
public sealed partial class RouteSocket
{
    private const int IFLA_BR_VLAN_FILTERING = 7, IFLA_AF_SPEC = 26, IFLA_BRIDGE_VLAN_INFO = 2;

    /// <summary>Does a bridge look at tags? A kernel that cannot says no.</summary>
    public bool FiltersVlans(string bridge)
    {
        var answer = netlink.Query(new NetlinkMessage(RTM_GETLINK, NetlinkFlags.None, $"find link {bridge}")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, bridge));
        return answer is not null && new NetlinkAttributes(answer.AsSpan(Marshal.SizeOf<IfInfo>()))
            .Nested(IFLA_LINKINFO).Nested(IFLA_INFO_DATA).Byte(IFLA_BR_VLAN_FILTERING) == 1;
    }

    /// <summary>Has a bridge look at tags; frames without one stay among themselves, as VLAN 1.</summary>
    /// <remarks>A kernel that cannot ignores it: ask <see cref="FiltersVlans"/> afterwards.</remarks>
    public void FilterVlans(string bridge) =>
        netlink.Execute(new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"have bridge {bridge} filter VLANs")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, bridge)
            .Nest(IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, "bridge")
                .Nest(IFLA_INFO_DATA, data => data.Add(IFLA_BR_VLAN_FILTERING, (byte)1))));

    /// <summary>Makes a port part of one VLAN alone, without tags on its own side.</summary>
    public void SetAccessVlan(int port, int id)
    {
        if (id != 1)
            ChangePortVlan(RTM_DELLINK, port, 1, VlanFlags.None, Errno.ENOENT);
        ChangePortVlan(RTM_SETLINK, port, id, VlanFlags.Pvid | VlanFlags.Untagged);
    }

    /// <summary>Lets a port carry the frames of a VLAN besides, with tags.</summary>
    public void AddTrunkVlan(int port, int id) => ChangePortVlan(RTM_SETLINK, port, id, VlanFlags.None);

    private void ChangePortVlan(ushort type, int port, int id, VlanFlags flags, params Errno[] tolerated) =>
        netlink.Execute(new NetlinkMessage(type, NetlinkFlags.None, $"change VLAN {id} of bridge port {port}")
        {
            Tolerated = tolerated,
        }
            .Struct(new IfInfo { Family = AF_BRIDGE, Index = port })
            .Nest(IFLA_AF_SPEC, spec => spec.Add(
                IFLA_BRIDGE_VLAN_INFO, [(byte)flags, 0, (byte)id, (byte)(id >> 8)])));

    /// <summary>Flags of struct bridge_vlan_info.</summary>
    [Flags]
    private enum VlanFlags : byte
    {
        None = 0,
        Pvid = 2,
        Untagged = 4,
    }
}
