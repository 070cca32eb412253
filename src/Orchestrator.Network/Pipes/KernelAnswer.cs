using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Pipes;

/// <summary>What the kernel means by a number that it refuses a command with. Pure.</summary>
internal static class KernelAnswer
{
    /// <param name="command"><c>route</c>, <c>rule</c> or <c>tc</c>.</param>
    /// <returns>One line: the command, what is wrong, and what to do.</returns>
    public static string Explain(string command, IReadOnlyList<string> words, NetlinkException refusal)
    {
        var meaning = command switch
        {
            "route" => OfRoute(refusal.Errno),
            "rule" when refusal.Errno is Errno.ENOENT or Errno.ESRCH => "no such rule: show lists those there are",
            "rule" when refusal.Errno is Errno.EEXIST => "there is one already: give another pref",
            "rule" => null,
            _ => OfTraffic(words, refusal.Errno),
        };
        return meaning is null ? refusal.Message : $"{command} {string.Join(' ', words)}: {meaning}";
    }

    private static string? OfRoute(Errno errno) => errno switch
    {
        Errno.EEXIST => "there is one already: use replace, or another metric",
        Errno.ESRCH or Errno.ENOENT => "no such route: show lists those there are",
        Errno.ENETUNREACH or Errno.EHOSTUNREACH =>
            "the gateway is on no link's subnet: give one that is, or name its link: dev NAME onlink",
        Errno.ENODEV => "it names no link: give dev NAME, or via ADDRESS",
        Errno.ENETDOWN => "its link is down: wait until it is up",
        _ => null,
    };

    private static string? OfTraffic(IReadOnlyList<string> words, Errno errno)
    {
        var what = words.Count > 0 && words[0] == "class" ? "class" : "qdisc";
        return errno switch
        {
            Errno.EEXIST => "there is one already: use replace",
            Errno.ENOENT => $"no such {what}: {what} show lists those there are",
            _ => null,
        };
    }
}
