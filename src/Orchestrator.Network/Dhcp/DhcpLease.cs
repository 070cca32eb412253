namespace Orchestrator.Network;

/// <summary>An address that a DHCP server lent, and until when.</summary>
public sealed record DhcpLease
{
    /// <summary>With prefix length.</summary>
    public required string Address { get; init; }

    /// <summary>Empty: the server named none.</summary>
    public required string Router { get; init; }

    /// <summary>Address of the server.</summary>
    public required string Server { get; init; }

    /// <summary>When this server is asked to prolong it.</summary>
    public required DateTimeOffset Renew { get; init; }

    /// <summary>When any server is asked to.</summary>
    public required DateTimeOffset Rebind { get; init; }

    /// <summary>When the address is no longer ours.</summary>
    public required DateTimeOffset Expire { get; init; }

    /// <summary>A link has of it what it has of another: only the times differ, or who lent it.</summary>
    internal bool IsAlike(DhcpLease other) => Address == other.Address && Router == other.Router;

    /// <summary>What a server's acknowledgement amounts to; null: it lacks what a lease needs.</summary>
    internal static DhcpLease? Of(Dhcp.DhcpMessage ack, DateTimeOffset asked)
    {
        if (ack is not { Given: { } address, Server: { } server, LeaseTime: { } seconds } || seconds == 0)
            return null;
        // RFC 2131, 4.4.5: half and seven eighths of it, unless the server says otherwise, and in that order.
        var rebind = Math.Min(ack.RebindingTime ?? seconds / 8.0 * 7, seconds);
        var renew = Math.Min(ack.RenewalTime ?? seconds / 2.0, rebind);
        return new DhcpLease
        {
            Address = $"{address}/{PrefixLength(ack.Mask)}",
            Router = ack.Router?.ToString() ?? "",
            Server = server.ToString(),
            Renew = asked.AddSeconds(renew),
            Rebind = asked.AddSeconds(rebind),
            Expire = asked.AddSeconds(seconds),
        };
    }

    private static int PrefixLength(System.Net.IPAddress? mask) => mask is null ? 24
        : mask.GetAddressBytes().Sum(b => System.Numerics.BitOperations.PopCount(b));
}
