using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Network.Dns;

namespace Orchestrator.Network.Tests.Dns;

public sealed class DnsCodecTests
{
    [Fact]
    public void A_question_is_read_as_it_was_written() => Prop.ForAll(Names, ArbMap.Default.ArbFor<ushort>(), (name, id) =>
    {
        var query = DnsCodec.ReadQuery(DnsCodec.WriteQuery(id, name.ToUpperInvariant(), DnsType.Aaaa));

        return query is not null && (query.Id, query.Name, query.Type) == (id, name, DnsType.Aaaa)
            && query is { PayloadSize: 512, Edns: false, RecursionDesired: true };
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_answer_is_read_as_it_was_written_and_never_larger_than_allowed() =>
        Prop.ForAll(Names, Addresses, (name, addresses) =>
        {
            var query = DnsCodec.ReadQuery(DnsCodec.WriteQuery(1, name, DnsType.A))!;
            var records = addresses.Select(a => new DnsRecord(DnsType.A, a, 5)).ToList();

            var message = DnsCodec.WriteAnswer(query, DnsCode.NoError, records, 512);
            var answer = DnsCodec.ReadAnswer(message)!.Value;

            return message.Length <= 512
                && answer.Records.SequenceEqual(records.Take(answer.Records.Length))
                && answer.Truncated == (answer.Records.Length < records.Count)
                && (!answer.Truncated || message.Length > 512 - 16);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ports_and_names_of_services_are_read_as_they_were_written() =>
        Prop.ForAll(Names, Names, ArbMap.Default.ArbFor<ushort>(), (name, target, port) =>
        {
            var query = DnsCodec.ReadQuery(DnsCodec.WriteQuery(1, name, DnsType.Srv))!;
            var record = new DnsRecord(DnsType.Srv, $"{port} {target}", 5);

            return DnsCodec.ReadAnswer(DnsCodec.WriteAnswer(query, DnsCode.NoError, [record], 1232))!
                .Value.Records.SequenceEqual([record]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void That_there_is_nothing_is_said_with_how_long_it_holds_where_there_is_room() =>
        Prop.ForAll(Names, ArbMap.Default.ArbFor<PositiveInt>(), (name, seconds) =>
        {
            var query = DnsCodec.ReadQuery(DnsCodec.WriteQuery(1, name, DnsType.Aaaa))!;
            var whole = DnsCodec.WriteAnswer(query, DnsCode.NoError, [], 512, seconds.Get);
            var bare = DnsCodec.WriteAnswer(query, DnsCode.NoError, [], 12 + query.Question.Length, seconds.Get);

            return DnsCodec.NegativeTtl(whole) == seconds.Get && DnsCodec.ReadAnswer(whole) is { Records.IsEmpty: true }
                && DnsCodec.NegativeTtl(bare) is null && bare.Length == 12 + query.Question.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_bytes_whatever_make_a_reader_throw() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        var question = DnsCodec.WriteQuery(1, "web", DnsType.A);
        foreach (var message in new[] { bytes, [.. question.AsSpan(0, 12), .. bytes], [.. question, .. bytes],
            Damage(question, bytes) })
        {
            _ = DnsCodec.ReadAnswer(message);
            _ = DnsCodec.NegativeTtl(message);
            if (DnsCodec.ReadQuery(message) is { } query)
            {
                _ = DnsCodec.IsAnswerTo(bytes, query);
                _ = DnsCodec.WriteAnswer(query, DnsCode.NoError, [new DnsRecord(DnsType.A, "10.0.0.1", 5)],
                    query.PayloadSize);
            }
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void An_edns_question_is_answered_with_edns_within_the_size_it_names()
    {
        byte[] message = [.. DnsCodec.WriteQuery(1, "web", DnsType.A), 0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 0];
        message[11] = 1;

        var query = DnsCodec.ReadQuery(message)!;
        var answer = DnsCodec.WriteAnswer(query, DnsCode.NoError, [], query.PayloadSize);

        Assert.Equal(1024, query.PayloadSize);
        Assert.Equal(1, answer[11]);
        Assert.Equal(41, answer[^9]);
    }

    [Fact]
    public void An_answer_to_another_question_is_no_answer_to_this_one()
    {
        var query = DnsCodec.ReadQuery(DnsCodec.WriteQuery(1, "web", DnsType.A))!;
        var other = DnsCodec.ReadQuery(DnsCodec.WriteQuery(1, "db", DnsType.A))!;

        Assert.True(DnsCodec.IsAnswerTo(DnsCodec.WriteAnswer(query, DnsCode.NoError, [], 512), query));
        Assert.False(DnsCodec.IsAnswerTo(DnsCodec.WriteAnswer(other, DnsCode.NoError, [], 512), query));
        Assert.False(DnsCodec.IsAnswerTo(DnsCodec.WriteQuery(1, "web", DnsType.A), query));
    }

    [Fact]
    public void A_label_with_a_dot_in_it_makes_no_answer_of_another_question()
    {
        var query = DnsCodec.ReadQuery(DnsCodec.WriteQuery(1, "example.com", DnsType.A))!;
        byte[] longer = [0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "example"u8, 4, .. "com."u8, 0, 0, 1, 0];

        Assert.Equal(12 + query.Question.Length, longer.Length);
        Assert.False(DnsCodec.IsAnswerTo(longer, query));
    }

    private static byte[] Damage(byte[] message, byte[] by)
    {
        var damaged = message.ToArray();
        for (var i = 0; i < by.Length; i++)
            damaged[(by[i] * 7 + i) % damaged.Length] ^= by[i];
        return damaged;
    }

    private static Arbitrary<string> Names { get; } = Gen.Elements("a", "web", "tasks", "x-1", "_srv", "0123456789")
        .NonEmptyListOf().Where(l => l.Count <= 12).Select(l => string.Join('.', l)).ToArbitrary();

    private static Arbitrary<ImmutableArray<string>> Addresses { get; } = Gen.Choose(0, 255).ListOf()
        .Select(l => l.Select((b, i) => $"10.{b}.0.{i % 256}").ToImmutableArray()).ToArbitrary();
}
