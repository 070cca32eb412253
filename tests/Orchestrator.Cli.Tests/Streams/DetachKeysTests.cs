using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Tests.Streams;

public sealed class DetachKeysTests
{
    [Theory]
    [InlineData("ab\x10\x11" + "c", "ab", true)]
    [InlineData("a\x10" + "b", "a\x10" + "b", false)]
    [InlineData("a\x10", "a", false)]
    [InlineData("\x10\x10\x11", "\x10", true)]
    public void Only_the_whole_sequence_detaches(string typed, string sent, bool detached)
    {
        var keys = DetachKeys.Parse("");

        var (send, left) = keys.Feed(Encoding.Latin1.GetBytes(typed));

        Assert.Equal(sent, Encoding.Latin1.GetString(send));
        Assert.Equal(detached, left);
    }

    [Fact]
    public void It_does_not_matter_how_the_typed_bytes_are_cut() =>
        Prop.ForAll<byte[]>(raw =>
        {
            var typed = raw.Select(static b => (byte)(0x0f + (b % 4))).ToArray();
            var whole = DetachKeys.Parse("").Feed(typed);
            var single = DetachKeys.Parse("");
            var sent = new List<byte>();
            var left = false;
            foreach (var key in typed)
            {
                if (left) break;
                var (send, now) = single.Feed([key]);
                sent.AddRange(send);
                left = now;
            }
            return left == whole.Detached && sent.SequenceEqual(whole.Send);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Unknown_keys_are_refused() => Assert.Throws<CliException>(() => DetachKeys.Parse("ctrl-1,foo"));
}
