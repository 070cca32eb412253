using System.Text;
using Orchestrator.Engine.Running;

namespace Orchestrator.Engine.Tests.Running;

public sealed class DetachKeysTests
{
    private static (string Passed, bool Left) Type(string keys, params string[] inputs)
    {
        var (filter, passed, left) = (DetachKeys.Parse(keys), new List<byte>(), false);
        foreach (var input in inputs)
            left |= filter.Filter(Encoding.ASCII.GetBytes(input), passed);
        return (Encoding.ASCII.GetString([.. passed]), left);
    }

    [Fact]
    public void Control_p_and_control_q_detach_even_when_typed_apart() =>
        Assert.Equal(("ls", true), Type("", "ls\x10", "\x11"));

    [Fact]
    public void A_beginning_that_is_not_continued_is_passed_on_in_order() =>
        Assert.Equal(("\x10x\x10" + "y", false), Type("", "\x10", "x\x10y"));

    [Fact]
    public void A_sequence_that_overlaps_itself_is_still_found() =>
        Assert.Equal(("a", true), Type("a,a,b", "aaab"));

    [Fact]
    public void Unknown_notation_is_refused() => Assert.Throws<EngineException>(() => DetachKeys.Parse("ctrl-pp"));

    [Fact]
    public async Task A_client_that_leaves_by_its_keys_is_told_of_once_and_reads_no_more()
    {
        var (left, inner) = (0, new Endless());
        await using var streams = new DetachableStreams(inner, DetachKeys.Parse(""), () => left++);
        var reading = streams.ReadAsync(new byte[1], CancellationToken.None);

        await streams.WriteAsync("ab\u0010"u8.ToArray(), CancellationToken.None);
        Assert.Equal(0, left);
        await streams.WriteAsync("\u0011\u0010\u0011"u8.ToArray(), CancellationToken.None);

        Assert.Equal(0, await reading);
        Assert.Equal((1, "ab"), (left, inner.Written));
    }

    /// <summary>Streams of a program that says nothing.</summary>
    private sealed class Endless : AttachedStreams
    {
        public string Written { get; private set; } = "";

        public override bool IsFramed => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Written += System.Text.Encoding.ASCII.GetString(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public override ValueTask CloseInputAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
