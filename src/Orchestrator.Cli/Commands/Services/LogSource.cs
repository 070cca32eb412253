using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>Whether a name is a service's or a task's.</summary>
internal static class LogSource
{
    /// <returns>The route's first segment: <c>services</c> or <c>tasks</c>.</returns>
    public static string Find(ApiClient client, string name)
    {
        foreach (var kind in (string[])["services", "tasks"])
        {
            try
            {
                using var found = client.GetJson($"/{kind}/{Uri.EscapeDataString(name)}");
                return kind;
            }
            catch (DaemonException e) when (e.Status == 404)
            {
                // The other kind, then.
            }
        }
        throw new CliException($"no such task or service: {name}");
    }
}
