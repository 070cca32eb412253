using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Hosting;

/// <summary>Tells the log what somebody did to the node's network.</summary>
internal static class DriftLog
{
    /// <summary>Who deletes a network of a thousand endpoints is not told of each.</summary>
    private const int MostLines = 20;

    public static void Write(ILogger logger, ImmutableArray<NetworkDrift> drifts)
    {
        foreach (var drift in drifts.Where(d => d.Fault is not null))
            logger.NetworkNotMended(drift.Place, drift.Finding, drift.Fault!);
        var mended = drifts.Where(d => d.Fault is null).ToList();
        foreach (var drift in mended.Take(MostLines))
            logger.NetworkMended(drift.Place, drift.Finding);
        if (mended.Count > MostLines)
            logger.NetworkMendedBesides(mended.Count - MostLines);
    }
}
