using System.Globalization;
using System.Text;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Nftables;

/// <summary>Elements that come to one table and go from it, in one transaction: all of them or none.</summary>
/// <remarks>
/// For what changes while things run, which is known to the byte: no library reads words, lists what is there and looks up
/// types for it, as libnftables does for each script. Source: linux/netfilter/nf_tables.h, nfnetlink.h.
/// </remarks>
public sealed class NftBatch(TableId table)
{
    private const int NFNL_SUBSYS_NFTABLES = 10, NEWSETELEM = 12, DELSETELEM = 14;
    private const ushort BATCH_BEGIN = 0x10, BATCH_END = 0x11;
    private const int NFTA_SET_ELEM_LIST_TABLE = 1, NFTA_SET_ELEM_LIST_SET = 2, NFTA_SET_ELEM_LIST_ELEMENTS = 3, NFTA_LIST_ELEM = 1;
    private const int NFTA_SET_ELEM_KEY = 1, NFTA_SET_ELEM_DATA = 2, NFTA_SET_ELEM_KEY_END = 10;
    private const int NFTA_DATA_VALUE = 1, NFTA_DATA_VERDICT = 2, NFTA_VERDICT_CODE = 1, NFTA_VERDICT_CHAIN = 2;
    private const int NFT_JUMP = -3;

    /// <summary>A list is one attribute, whose length has sixteen bits. The largest element takes some 150 bytes.</summary>
    private const int ElementsInMessage = 400;

    private readonly List<(bool Adds, NftElement Element)> changes = [];

    public bool IsEmpty => changes.Count == 0;

    /// <summary>What turns the content of some sets into another.</summary>
    public static NftBatch Between(TableId table, IEnumerable<NftElement> from, IEnumerable<NftElement> to)
    {
        var (before, after) = (from.ToHashSet(), to.ToHashSet());
        var batch = new NftBatch(table);
        // What leads elsewhere now is deleted first: a key is there once.
        batch.Delete(before.Where(e => !after.Contains(e)));
        batch.Add(after.Where(e => !before.Contains(e)));
        return batch;
    }

    /// <summary>One that is there already stays; one whose key leads elsewhere is an error.</summary>
    public NftBatch Add(IEnumerable<NftElement> elements) => Append(elements, adds: true);

    /// <summary>One that is not there is an error.</summary>
    public NftBatch Delete(IEnumerable<NftElement> elements) => Append(elements, adds: false);

    /// <summary>The same as an nft script.</summary>
    public override string ToString()
    {
        var script = new StringBuilder();
        foreach (var (adds, set, elements) in Runs())
            script.Append(CultureInfo.InvariantCulture,
                $"{Verb(adds)} element {table.Words} {set} {{ {string.Join(", ", elements.Select(e => adds ? $"{e}" : $"{e.Key}"))} }}\n");
        return script.ToString();
    }

    /// <summary>The messages of it, between those that begin and end a transaction.</summary>
    internal IReadOnlyList<NetlinkMessage> Messages() => [Edge(BATCH_BEGIN), .. Runs().Select(Message), Edge(BATCH_END)];

    private NftBatch Append(IEnumerable<NftElement> elements, bool adds)
    {
        changes.AddRange(elements.Select(e => (adds, e)));
        return this;
    }

    /// <summary>In order; neighbours of one kind and set together.</summary>
    private IEnumerable<(bool Adds, string Set, List<NftElement> Elements)> Runs()
    {
        for (var start = 0; start < changes.Count;)
        {
            var (adds, first) = changes[start];
            var run = changes.Skip(start).TakeWhile(c => c.Adds == adds && c.Element.Set == first.Set).Take(ElementsInMessage)
                .Select(c => c.Element).ToList();
            start += run.Count;
            yield return (adds, first.Set, run);
        }
    }

    private NetlinkMessage Message((bool Adds, string Set, List<NftElement> Elements) run) =>
        new NetlinkMessage(
            (ushort)(NFNL_SUBSYS_NFTABLES << 8 | (run.Adds ? NEWSETELEM : DELSETELEM)),
            run.Adds ? NetlinkFlags.Create : NetlinkFlags.None, $"{Verb(run.Adds)} elements of {table.Words} {run.Set}")
        .Struct(new NfGenMsg { Family = table.Family })
        .Add(NFTA_SET_ELEM_LIST_TABLE, table.Name)
        .Add(NFTA_SET_ELEM_LIST_SET, run.Set)
        .Nest(NFTA_SET_ELEM_LIST_ELEMENTS, list => run.Elements.ForEach(
            element => list.Nest(NFTA_LIST_ELEM, item => Write(item, element, run.Adds))));

    private static void Write(NetlinkMessage item, NftElement element, bool adds)
    {
        item.Nest(NFTA_SET_ELEM_KEY, key => key.Add(NFTA_DATA_VALUE, element.Key.Low));
        if (element.Key.High is { } high)
            item.Nest(NFTA_SET_ELEM_KEY_END, end => end.Add(NFTA_DATA_VALUE, high));
        if (adds && element.Data is { } data)
            item.Nest(NFTA_SET_ELEM_DATA, value => WriteData(value, data));
    }

    private static void WriteData(NetlinkMessage value, NftValue data)
    {
        if (data.Chain is { } chain)
            value.Nest(NFTA_DATA_VERDICT, verdict =>
                verdict.AddBigEndian(NFTA_VERDICT_CODE, NFT_JUMP).Add(NFTA_VERDICT_CHAIN, chain));
        else
            value.Add(NFTA_DATA_VALUE, data.Low);
    }

    private static NetlinkMessage Edge(ushort type) =>
        new NetlinkMessage(type, NetlinkFlags.None, "begin and end a transaction of nft")
            .Struct(new NfGenMsg { Resource = (ushort)System.Net.IPAddress.HostToNetworkOrder((short)NFNL_SUBSYS_NFTABLES) });

    private static string Verb(bool adds) => adds ? "add" : "delete";
}
