using System.Net;
using Orchestrator.Network.Balancing;

namespace Orchestrator.Ingress.Relaying;

/// <summary>Which task a client is led to. Pure.</summary>
internal static class BackendChoice
{
    /// <summary>Tasks in the order in which they are to be tried: the chosen one first.</summary>
    /// <param name="start">Any number; with affinity it has no say.</param>
    public static IEnumerable<T> Order<T>(
        IReadOnlyList<T> backends, Func<T, string> nameOf, IPAddress client, bool isSticky, int start)
    {
        if (isSticky)
            return backends.OrderByDescending(b => SlotTable.Hash(client.ToString(), nameOf(b)));
        return Enumerable.Range(0, backends.Count).Select(i => backends[(int)((uint)(start + i) % (uint)backends.Count)]);
    }
}
