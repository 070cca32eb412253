using Orchestrator.Api;

namespace Orchestrator.Cli.Commands.Swarm;

/// <summary>The line to paste on a host that is to join.</summary>
internal static class JoinCommand
{
    public static void Print(Session session, string nodeId, bool manager, bool worker)
    {
        var node = session.Client.Get($"/nodes/{nodeId}", ApiJson.Wire.Node);
        if (node.ManagerStatus?.Addr is not { Length: > 0 } address)
            throw new CliException(
                "this node's manager has no address yet: ask again in a moment, with 'orch swarm join-token worker'");
        var tokens = session.Client.Get("/swarm", ApiJson.Wire.SwarmInspect).JoinTokens;
        if (worker) Print(session.Out, "worker", tokens.Worker, address);
        if (manager) Print(session.Out, "manager", tokens.Manager, address);
    }

    private static void Print(TextWriter o, string role, string token, string address) =>
        o.WriteLine(
            $"To add a {role} to this swarm, run the following command:\n\n    orch swarm "
            + $"join --token {token} {address}\n");
}
