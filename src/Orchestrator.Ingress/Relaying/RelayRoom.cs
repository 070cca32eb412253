using System.Globalization;

namespace Orchestrator.Ingress.Relaying;

/// <summary>How many connections all relays together have at a time; who comes later waits in the port's queue.</summary>
internal static class RelayRoom
{
    private const int DescriptorsOfOne = 2;

    /// <summary>Half of the descriptors that the process may have: the others are for routes, and for reading what is to be
    /// done. The runtime has raised that limit to the highest allowed.</summary>
    public static SemaphoreSlim OfProcess() =>
        new(Math.Max(1, Descriptors(File.ReadLines("/proc/self/limits")) / 2 / DescriptorsOfOne));

    /// <param name="limits">As proc_pid_limits(5) has them: name, soft limit, hard limit, unit.</param>
    internal static int Descriptors(IEnumerable<string> limits)
    {
        const string Name = "Max open files";
        var soft = limits.First(line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : int.MaxValue; // Or "unlimited".
    }
}
