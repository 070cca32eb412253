using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>struct nfgenmsg, before the attributes of every netfilter message. Source:
/// linux/netfilter/nfnetlink.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NfGenMsg
{
    public byte Family;
    public byte Version;
    public ushort Resource;
}
