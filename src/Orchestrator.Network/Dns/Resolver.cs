using System.Collections.Immutable;

namespace Orchestrator.Network.Dns;

/// <summary>What to do with a question: answer it from the tables, or null: ask the upstream resolvers.</summary>
internal sealed record Resolution(DnsCode Code, ImmutableArray<DnsRecord> Records);

/// <summary>Answers questions about the networks a container is on. Pure.</summary>
internal static class Resolver
{
    /// <param name="tables">The container's networks, the first one asked first.</param>
    /// <param name="links">Names that this container alone knows others by.</param>
    /// <returns>Null: the name is none of ours.</returns>
    public static Resolution? Resolve(
        DnsQuery query, IReadOnlyList<NameTable> tables, ImmutableArray<NameLink> links = default)
    {
        if (!links.IsDefaultOrEmpty
            && links.FirstOrDefault(link => DnsName.Normalize(link.Alias) == query.Name) is { } linked)
            query = query with { Name = DnsName.Normalize(linked.Target) };
        if (DnsName.ReverseAddress(query.Name) is { } address)
            return ResolveReverse(query, address, tables);
        foreach (var table in tables)
        {
            var (addresses, offers) = (Find(table, table.Names, query.Name), Find(table, table.AllOffers(), query.Name));
            if (addresses is null && offers is null)
                continue;
            // A known name without records of that type is answered empty: "no such name" would make
            // a client that asks for AAAA first give up, and forwarding it would tell the world our names.
            var values = query.Type switch
            {
                DnsType.A => addresses?.RemoveAll(IsIPv6),
                DnsType.Aaaa => addresses?.RemoveAll(a => !IsIPv6(a)),
                DnsType.Srv => offers,
                _ => null,
            };
            return new Resolution(
                DnsCode.NoError, [.. (values ?? []).Select(v => new DnsRecord(query.Type, v, NameTable.TtlSeconds))]);
        }

        return null;
    }

    private static bool IsIPv6(string address) => address.Contains(':', StringComparison.Ordinal);

    private static ImmutableArray<string>? Find(
        NameTable table, ImmutableSortedDictionary<string, ImmutableArray<string>> known, string name)
    {
        if (known.TryGetValue(name, out var values))
            return values;
        var suffix = "." + DnsName.Normalize(table.NetworkName);
        return name.EndsWith(suffix, StringComparison.Ordinal) && known.TryGetValue(name[..^suffix.Length], out values)
            ? values : null;
    }

    private static Resolution? ResolveReverse(DnsQuery query, string address, IReadOnlyList<NameTable> tables)
    {
        foreach (var table in tables)
        {
            if (table.Reverse.TryGetValue(address, out var name))
                return new Resolution(
                    DnsCode.NoError,
                    query.Type == DnsType.Ptr ? [new DnsRecord(DnsType.Ptr, name, NameTable.TtlSeconds)] : []);
        }

        return null;
    }
}
