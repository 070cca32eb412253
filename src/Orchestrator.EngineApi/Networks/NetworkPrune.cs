using System.Collections.Immutable;
using Orchestrator.Model;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Networks;

/// <summary>What <c>network prune</c> takes away.</summary>
internal static class NetworkPrune
{
    /// <summary>Made by hand, so that nothing but its users keeps it. The ingress network is removed by its name
    /// alone, as with docker.</summary>
    public static bool MayGo(NetworkConfig network) =>
        network is { ConfigOnly: false, Ingress: false } && !NodeNetwork.IsPredefined(network.Name);

    /// <summary>One after the other; one that is refused, as when somebody has joined it meanwhile, stays and keeps none of
    /// the others.</summary>
    /// <returns>The names of those that are gone.</returns>
    public static async Task<string[]> RemoveAsync(
        ImmutableArray<NetworkConfig> unused, Func<NetworkConfig, Task> removeAsync)
    {
        var gone = new List<string>();
        foreach (var one in unused)
        {
            try
            {
                await removeAsync(one);
                gone.Add(one.Name);
            }
            catch (Exception e) when (e is NetworkException or UserException)
            {
                // As docker: who wants to know why it stays removes it by name.
            }
        }

        return [.. gone];
    }
}
