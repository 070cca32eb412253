using Orchestrator.Api;
using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Completion;

/// <summary>Names of what there is; none where the daemon does not answer, as nobody waits for a Tab.</summary>
internal sealed class ObjectNames(Session session)
{
    public IEnumerable<string> Containers(params string[] states) => Ask(() =>
    {
        var filters = Filters.Empty;
        foreach (var state in states) filters.Add("status", state);
        return session.Client.Get($"/containers/json{new Query().Add("all", true).Add(filters)}",
            ApiJson.Wire.ContainerSummaryArray).SelectMany(static c => c.Names).Select(static n => n.TrimStart('/'));
    });

    public IEnumerable<string> Images() => Ask(() => session.Client.Get("/images/json", ApiJson.Wire.ImageSummaryArray)
        .SelectMany(static i => i.RepoTags).Where(static t => t != "<none>:<none>")
        .SelectMany(static t => t.EndsWith(":latest", StringComparison.Ordinal) ? [t, t[..^7]] : new[] { t }));

    public IEnumerable<string> Networks() => Ask(() => session.Client.Get(
        "/networks", ApiJson.Wire.NetworkResourceArray).Select(static n => n.Name));

    public IEnumerable<string> Volumes() => Ask(() => (session.Client.Get(
        "/volumes", ApiJson.Wire.VolumeListResponse).Volumes ?? []).Select(static v => v.Name));

    public IEnumerable<string> Services() => Ask(() => session.Client.Get("/services", ApiJson.Wire.ServiceArray)
        .Select(static s => s.Spec.Name ?? s.ID));

    public IEnumerable<string> Nodes() => Ask(() => session.Client.Get("/nodes", ApiJson.Wire.NodeArray)
        .Select(static n => n.Description.Hostname ?? n.ID));

    public IEnumerable<string> Secrets() => Payloads("/secrets");

    public IEnumerable<string> Configs() => Payloads("/configs");

    public IEnumerable<string> Contexts() => Ask(() =>
        new ContextStore(session.Folder).All().Select(static c => c.Name).Prepend(ContextEntry.DefaultName));

    private List<string> Payloads(string path) => Ask(
        () => session.Client.Get(path, ApiJson.Wire.SecretArray).Select(static s => s.Spec.Name));

    private static List<string> Ask(Func<IEnumerable<string>> names)
    {
        try
        {
            return [.. names()];
        }
        catch (Exception e) when (e is DaemonException or CliException or IOException)
        {
            return [];
        }
    }
}
