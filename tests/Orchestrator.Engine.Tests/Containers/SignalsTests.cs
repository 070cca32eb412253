using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Tests.Containers;

public sealed class SignalsTests
{
    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("hup", 1)]
    [InlineData("9", 9)]
    [InlineData("SIGRTMIN+3", 37)]
    public void A_signal_goes_by_name_or_number(string text, int number) => Assert.Equal(number, Signals.Parse(text));

    [Theory]
    [InlineData("SIGNOT")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("")]
    public void What_is_no_signal_is_refused(string text) =>
        Assert.Throws<EngineException>(() => Signals.Parse(text));
}
