namespace Orchestrator.Linux.Nftables;

/// <summary>An nft table of one namespace.</summary>
/// <param name="Family">The kernel's number: NFPROTO_INET 1, NFPROTO_IPV4 2, NFPROTO_NETDEV 5, NFPROTO_BRIDGE 7,
/// NFPROTO_IPV6 10.</param>
public readonly record struct TableId(byte Family, string Name)
{
    public static TableId Ip(string name) => new(2, name);

    public static TableId Ip6(string name) => new(10, name);

    public static TableId Device(string name) => new(5, name);

    public static TableId Bridge(string name) => new(7, name);

    public static TableId Inet(string name) => new(1, name);

    public override string ToString() => $"table {Words}";

    /// <summary>As nft's commands name it: <c>bridge orch_guard</c>.</summary>
    internal string Words =>
        $"{Family switch { 7 => "bridge", 5 => "netdev", 1 => "inet", 10 => "ip6", _ => "ip" }} {Name}";
}
