namespace Orchestrator.Network.Dns;

/// <summary>Names that upstream resolvers said are not there, for as long as they said. Search domains make clients ask
/// for many of them.</summary>
/// <remarks>Source: RFC 2308.</remarks>
internal sealed class NegativeCache(TimeProvider time)
{
    /// <summary>Of one container; whoever asks for more names that are not there gains nothing by it.</summary>
    private const int Capacity = 256;

    /// <summary>Longer than this nobody waits for a name that has just been made.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Name, DnsType Type), (DnsCode Code, DateTimeOffset Until)> known = [];

    public int Count
    {
        get
        {
            lock (gate)
                return known.Count;
        }
    }

    /// <summary>Notes an upstream's answer, if it is that there is nothing, and for how long.</summary>
    public void Note(DnsQuery query, ReadOnlySpan<byte> answer)
    {
        if (DnsCodec.NegativeTtl(answer) is not { } seconds)
            return;
        var until = time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
        lock (gate)
        {
            if (known.Count >= Capacity)
                known.Clear();
            known[(query.Name, query.Type)] = ((DnsCode)(answer[3] & 15), until);
        }
    }

    /// <returns>Null: not known.</returns>
    public byte[]? Find(DnsQuery query, int limit)
    {
        lock (gate)
        {
            if (!known.TryGetValue((query.Name, query.Type), out var found))
                return null;
            var left = (int)(found.Until - time.GetUtcNow()).TotalSeconds;
            if (left > 0)
                return DnsCodec.WriteAnswer(query, found.Code, [], limit, left);
            known.Remove((query.Name, query.Type));
            return null;
        }
    }
}
