using System.Collections.Immutable;

namespace Orchestrator.Network.Balancing;

/// <summary>Spreads 64 slots over backends: evenly, and so that a change moves few slots of the others. Pure.</summary>
/// <remarks>
/// Each backend prefers the slots in an order of its own; they choose in turn. Source: Eisenbud et al., Maglev (2016),
/// §3.4. Deterministic, so that a restarted daemon computes what the kernel holds already.
/// </remarks>
internal static class SlotTable
{
    public const int Size = 64;

    /// <summary>Of the kernel's hash of client addresses: the same on every node and after every change, or a client
    /// would be led elsewhere.</summary>
    public const string Seed = "0x6f726368";

    /// <param name="seed">Differs between the callers, so that with more backends than slots each caller uses
    /// others.</param>
    /// <returns>The backend of each slot; empty when there is none.</returns>
    public static ImmutableArray<string> Fill(IEnumerable<string> backends, string seed)
    {
        var choosers = backends.Distinct().OrderBy(b => Hash(seed, b)).Take(Size)
            .Select(b => (Backend: b, Slots: Preference(seed, b).GetEnumerator())).ToList();
        if (choosers.Count == 0)
            return [];
        var slots = new string?[Size];
        for (var filled = 0; filled < Size; filled++)
        {
            var (backend, preference) = choosers[filled % choosers.Count];
            do
            {
                preference.MoveNext();
            }
            while (slots[preference.Current] is not null);

            slots[preference.Current] = backend;
        }

        return [.. slots.OfType<string>()];
    }

    private static IEnumerable<int> Preference(string seed, string backend)
    {
        var hash = Hash(seed, backend);
        var offset = (int)(hash % Size);
        var step = (int)(hash >> 32 & (Size / 2 - 1)) * 2 + 1; // Odd, so it visits every slot of a power of two.
        for (var i = 0; ; i++)
            yield return (offset + i * step) % Size;
    }

    /// <summary>FNV-1a with a final mix: stable over versions and machines, which string.GetHashCode is not.</summary>
    public static ulong Hash(string seed, string text)
    {
        var hash = 14695981039346656037ul;
        foreach (var c in seed + "/" + text)
            hash = (hash ^ c) * 1099511628211ul;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdul;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ul;
        return hash ^ (hash >> 33);
    }
}
