using System.Globalization;
using Orchestrator.Engine.Containers;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>Limits of processes that this daemon may give: without CAP_SYS_RESOURCE, none above its own.</summary>
/// <remarks>A default that is more is lowered; what someone asked for and cannot have is an error.</remarks>
internal static class DaemonPowers
{
    private static readonly bool MayRaise =
        Capabilities.NamesOf(Capabilities.OfThisProcess()).Contains("CAP_SYS_RESOURCE");

    /// <summary>The highest a limit of this kind can be.</summary>
    public static ulong Most(string ulimit) => MayRaise ? RlimitSpec.Unlimited : Ulimits.Most(ulimit);

    /// <exception cref="EngineException">Names what cannot be had, and what can.</exception>
    public static void Check(HostSpec host)
    {
        foreach (var limit in host.Ulimits.Where(limit => Ulimits.Bound(limit.Hard) > Most(limit.Name)))
            throw EngineException.Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"ulimit {limit.Name}={limit.Soft}:{limit.Hard} is more than this daemon may give, which is "
                + $"{Most(limit.Name)} at most; ask for less, or start orchd with a higher limit"));
        if (MayRaise || host.OomScoreAdj >= 0)
            return;
        var own = int.Parse(File.ReadAllText("/proc/self/oom_score_adj"), CultureInfo.InvariantCulture);
        if (host.OomScoreAdj < own)
            throw EngineException.Invalid(
                $"oom-score-adj {host.OomScoreAdj} is less than this daemon may give, which is {own} at least; "
                + "ask for more, or give orchd CAP_SYS_RESOURCE");
    }
}
