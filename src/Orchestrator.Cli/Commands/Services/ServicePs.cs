using Orchestrator.Api;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Services;

internal sealed class ServicePs : Command
{
    private readonly TaskListing _listing;

    public ServicePs() => _listing = new TaskListing(Flags);

    public override string Usage => "[OPTIONS] SERVICE [SERVICE...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override string[] Examples => ["orch service ps --filter desired-state=running web"];

    public override int Run(Session session, List<string> args)
    {
        var filters = _listing.Filters;
        var missing = new List<string>();
        foreach (var name in args)
        {
            try
            {
                filters.Add("service", session.Client.Get($"/services/{Escape(name)}", ApiJson.Wire.Service).ID);
            }
            catch (DaemonException e) when (e.Status == 404)
            {
                missing.Add($"no such service: {name}");
            }
        }
        if (filters.Has("service")) _listing.Write(session, filters);
        session.Out.Flush();
        foreach (var line in missing) session.Error.WriteLine(line);
        return missing.Count == 0 ? 0 : 1;
    }
}
