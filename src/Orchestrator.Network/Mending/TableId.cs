namespace Orchestrator.Network.Mending;

/// <summary>An nft table of one namespace.</summary>
/// <param name="Family">The kernel's number: NFPROTO_IPV4 2, NFPROTO_BRIDGE 7.</param>
internal readonly record struct TableId(byte Family, string Name)
{
    public static TableId Ip(string name) => new(2, name);

    public static TableId Bridge(string name) => new(7, name);

    public override string ToString() => $"table {(Family == 7 ? "bridge" : "ip")} {Name}";
}
