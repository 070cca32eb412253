namespace Orchestrator.Linux.Netlink;

/// <summary>Flags of a netlink header. Source: linux/netlink.h.</summary>
[Flags]
#pragma warning disable CA1028 // Sixteen bits on the wire.
internal enum NetlinkFlags : ushort
{
    None = 0,
    Request = 1,
    Multi = 2,
    Ack = 4,
    DumpInterrupted = 0x10,
    Dump = 0x300,
    Replace = 0x100,
    Exclusive = 0x200,
    Create = 0x400,
    Append = 0x800,
}
