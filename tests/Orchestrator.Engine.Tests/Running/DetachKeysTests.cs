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
}
