namespace Orchestrator.Linux.Nftables;

/// <summary>An element of a set, or of a map when it leads to something.</summary>
public sealed record NftElement(string Set, NftValue Key, NftValue? Data = null)
{
    /// <summary>As nft writes it.</summary>
    public override string ToString() => Data is null ? $"{Key}" : $"{Key} : {Data}";

    /// <summary>The part of a set's declaration that fills it: <c>elements = { … };</c>, or nothing, for nft takes no
    /// empty list.</summary>
    public static string List(IEnumerable<NftElement> elements)
    {
        var list = string.Join(", ", elements);
        return list.Length == 0 ? "" : $"elements = {{ {list} }};";
    }
}
