using Orchestrator.Daemon.Hosting;
using Orchestrator.Daemon.Startup;

namespace Orchestrator.Daemon.Tests;

public sealed class PassedSocketsTests
{
    [Theory]
    [InlineData("", "3 4")]
    [InlineData("4", "4")]
    [InlineData("api", "3")]
    public void Sockets_are_found_by_number_and_name(string which, string expected) =>
        Assert.Equal(expected, string.Join(' ', Find(which, pid: "7")));

    [Theory]
    [InlineData("nosuch", "7")]
    [InlineData("", "8")]
    public void Those_of_another_process_or_name_are_refused(string which, string pid) =>
        Assert.Throws<StartupException>(() => Find(which, pid));

    private static IReadOnlyList<int> Find(string which, string pid) => PassedSockets.Find(which, 7, name => name switch
    {
        "LISTEN_PID" => pid,
        "LISTEN_FDS" => "2",
        "LISTEN_FDNAMES" => "api:metrics",
        _ => null,
    });
}
