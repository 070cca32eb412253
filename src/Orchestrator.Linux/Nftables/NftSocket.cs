using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Nftables;

/// <summary>Changes the elements of sets and maps in one namespace.</summary>
public sealed class NftSocket : IDisposable
{
    private const int NETLINK_NETFILTER = 12;

    private readonly NetlinkSocket netlink = new(NETLINK_NETFILTER);

    private NftSocket()
    {
    }

    /// <summary>For the namespace of the calling thread.</summary>
    public static NftSocket Open() => new();

    /// <exception cref="NftException">Nothing of it was applied.</exception>
    public void Apply(NftBatch batch)
    {
        if (batch.IsEmpty)
            return;
        try
        {
            netlink.Transact(batch.Messages());
        }
        catch (NetlinkException e)
        {
            throw new NftException($"{batch}", e.Message);
        }
    }

    public void Dispose() => netlink.Dispose();
}
