using Orchestrator.Linux.Nftables;

namespace Orchestrator.Network.Mending;

/// <summary>What is asked of a namespace's tables.</summary>
internal interface ITableSource
{
    /// <summary>Grows by one with each transaction of anybody.</summary>
    uint Generation();

    /// <returns>Differs when the content differs; null: no such table.</returns>
    UInt128? Fingerprint(TableId table);
}

/// <summary>Knows which tables of a namespace are still as we stated them.</summary>
/// <remarks>
/// Of each table: up to which generation of the namespace nobody but us can have changed it, and, once it was looked
/// at in such a moment, its fingerprint. While the generation stands still nothing else has to be read. A table of
/// which neither is known is in doubt, and stating it once more is the cheap way out.
/// </remarks>
internal sealed class TableTrust
{
    private const int Attempts = 3;

    private readonly Dictionary<TableId, Entry> entries = [];

    /// <summary>Takes a table for what it should be, as of now.</summary>
    public void Trust(TableId table, uint generation) => entries[table] = new Entry(generation, null);

    /// <summary>Takes note of a transaction of ours.</summary>
    /// <param name="tables">That it changed, or may have.</param>
    /// <param name="whole">It stated them whole, not some elements.</param>
    /// <param name="before">Generation before it.</param>
    /// <param name="after">Generation after it.</param>
    public void Stated(IReadOnlyCollection<TableId> tables, bool whole, uint before, uint after)
    {
        if (before == after)
            return; // Nothing was committed.
        var intact = tables
            .Where(t => whole || (entries.TryGetValue(t, out var entry) && entry.IntactUntil == before)).ToList();
        foreach (var table in tables)
            entries.Remove(table);
        if (after != before + 1)
            return; // Somebody was at it in between, before us or after.
        foreach (var (other, known) in entries.Where(e => e.Value.IntactUntil == before).ToList())
            entries[other] = known with { IntactUntil = after };
        foreach (var table in intact)
            entries[table] = new Entry(after, null);
    }

    /// <returns>Tables that somebody else changed or removed, or may have.</returns>
    public List<TableId> Disturbed(IReadOnlyCollection<TableId> wanted, ITableSource source)
    {
        for (var attempt = 1; ; attempt++)
        {
            var now = source.Generation();
            if (wanted.All(t => entries.TryGetValue(t, out var e) && e.IntactUntil == now && e.Print is not null))
                return [];
            var seen = wanted.ToDictionary(t => t, source.Fingerprint);
            var isStill = source.Generation() == now;
            // Where somebody writes without end there is no still moment: what was known can be compared all the same.
            if (isStill || attempt == Attempts)
                return [.. seen.Where(s => !IsIntact(s.Key, s.Value, now, isStill)).Select(s => s.Key)];
        }
    }

    private bool IsIntact(TableId table, UInt128? print, uint now, bool isStill)
    {
        if (print is null || !entries.TryGetValue(table, out var entry))
            return false;
        var learns = isStill && entry.IntactUntil == now && entry.Print is null;
        if (!learns && entry.Print != print)
            return false;
        if (isStill)
            entries[table] = new Entry(now, print);
        return true;
    }

    private readonly record struct Entry(uint IntactUntil, UInt128? Print);
}
