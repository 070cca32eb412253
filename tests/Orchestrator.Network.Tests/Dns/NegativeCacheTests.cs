using Orchestrator.Network.Dns;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Dns;

public sealed class NegativeCacheTests
{
    private readonly ManualTime time = new();
    private readonly NegativeCache cache;

    public NegativeCacheTests() => cache = new NegativeCache(time);

    [Theory]
    [InlineData(10, 10)]
    [InlineData(3600, 30)]
    public void What_is_not_there_is_known_for_as_long_as_the_server_said_and_half_a_minute_at_most(int said, int kept)
    {
        var query = Query("no.example.org", DnsType.A);
        cache.Note(query, DnsCodec.WriteAnswer(query, DnsCode.NameError, [], 512, said));

        time.Advance(TimeSpan.FromSeconds(kept - 2));
        var again = cache.Find(query, 512)!;
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(DnsCode.NameError, DnsCodec.ReadAnswer(again)!.Value.Code);
        Assert.Equal(2, DnsCodec.NegativeTtl(again));
        Assert.Null(cache.Find(query, 512));
        Assert.Null(cache.Find(Query("no.example.org", DnsType.Aaaa), 512));
    }

    [Fact]
    public void What_is_there_and_what_failed_is_not_kept()
    {
        var query = Query("example.org", DnsType.A);

        cache.Note(query, DnsCodec.WriteAnswer(query, DnsCode.NoError, [new DnsRecord(DnsType.A, "192.0.2.1", 5)], 512));
        cache.Note(query, DnsCodec.WriteAnswer(query, DnsCode.ServerFailure, [], 512));
        cache.Note(query, DnsCodec.WriteAnswer(query, DnsCode.Refused, [], 512));

        Assert.Null(cache.Find(query, 512));
    }

    [Fact]
    public void However_many_names_are_asked_for_the_cache_stays_small()
    {
        for (var i = 0; i < 1000; i++)
        {
            var query = Query($"n{i}.example.org", DnsType.A);
            cache.Note(query, DnsCodec.WriteAnswer(query, DnsCode.NameError, [], 512, 60));
        }

        Assert.InRange(cache.Count, 1, 256);
        Assert.NotNull(cache.Find(Query("n999.example.org", DnsType.A), 512));
    }

    private static DnsQuery Query(string name, DnsType type) => DnsCodec.ReadQuery(DnsCodec.WriteQuery(1, name, type))!;
}
