using Grpc.Core;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests.Calls;

public sealed class MetadataTests
{
    private static EchoService Mirror() => new()
    {
        OnUnary = async (_, context) =>
        {
            var headers = new Metadata();
            foreach (var entry in context.RequestHeaders.Where(e => e.Key.StartsWith("x-", StringComparison.Ordinal)))
            {
                headers.Add(entry);
                context.ResponseTrailers.Add(entry);
            }

            await context.WriteResponseHeadersAsync(headers);
            return new EchoReply();
        },
    };

    [Fact]
    public async Task Text_and_bytes_come_back_in_headers_and_trailers()
    {
        await using var server = await TestServer.StartAsync(Mirror());
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        using var call = server.Client().UnaryAsync(
            new EchoRequest(),
            new Metadata { { "X-Text", "a, b" }, { "x-data-bin", bytes }, { "x-data-bin", (byte[])[1] }, { "x-text", "c" } });

        var headers = await call.ResponseHeadersAsync;
        await call;

        foreach (var metadata in (Metadata[])[headers, call.GetTrailers()])
        {
            // HTTP may join texts of one name, and does; bytes stay apart.
            Assert.Equal("a, b, c", string.Join(", ", metadata.GetAll("x-text").Select(entry => entry.Value)));
            Assert.Equal([bytes, [1]], metadata.GetAll("x-data-bin").Select(entry => entry.ValueBytes));
        }
    }

    [Fact]
    public async Task Headers_arrive_before_the_reply()
    {
        var hold = new TaskCompletionSource();
        var echo = new EchoService
        {
            OnUnary = async (_, context) =>
            {
                await context.WriteResponseHeadersAsync(new Metadata { { "x-early", "yes" } });
                await hold.Task;
                return new EchoReply();
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        using var call = server.Client().UnaryAsync(new EchoRequest());

        var headers = await call.ResponseHeadersAsync.Soon();

        Assert.Equal("yes", headers.GetValue("x-early"));
        Assert.False(call.ResponseAsync.IsCompleted);
        hold.SetResult();
        await call;
    }

    [Fact]
    public async Task The_protocols_own_headers_are_neither_sent_by_nor_shown_to_anyone()
    {
        IEnumerable<string> seen = [];
        var echo = new EchoService
        {
            OnUnary = (_, context) =>
            {
                seen = context.RequestHeaders.Select(entry => entry.Key);
                return Task.FromResult(new EchoReply());
            },
        };
        await using var server = await TestServer.StartAsync(echo);

        await server.Client().UnaryAsync(
            new EchoRequest(), new Metadata { { "grpc-timeout", "1n" }, { "te", "x" }, { "x-mine", "1" } });

        Assert.Equal(["user-agent", "x-mine"], seen.Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a:b")]
    public void A_key_that_is_no_header_name_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => new Metadata { { key, "v" } });

    [Fact]
    public void Bytes_need_a_bin_key_and_text_must_not_have_one()
    {
        Assert.Throws<ArgumentException>(() => new Metadata { { "x", (byte[])[1] } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "x-bin", "text" } });
    }

    [Fact]
    public void Text_that_would_split_a_header_is_refused() =>
        Assert.Throws<ArgumentException>(() => new Metadata { { "x", "a\r\nx-evil: 1" } });
}
