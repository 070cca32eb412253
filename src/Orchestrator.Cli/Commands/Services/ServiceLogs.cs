using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Services;

internal sealed class ServiceLogs : Command
{
    private readonly LogFlags _flags;
    private readonly BoolFlag _raw;
    private readonly BoolFlag _noResolve;
    private readonly BoolFlag _noTaskIds;
    private readonly BoolFlag _noTrunc;

    public ServiceLogs()
    {
        _flags = new LogFlags(Flags);
        _raw = Flags.Bool("raw", null, "Print the lines alone");
        _noResolve = Flags.Bool("no-resolve", null, "Print IDs in place of names");
        _noTaskIds = Flags.Bool("no-task-ids", null, "Leave task IDs out");
        _noTrunc = Flags.NoTrunc();
    }

    public override string Usage => "[OPTIONS] SERVICE|TASK";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples => ["orch service logs -f --tail 10 web"];

    public override int Run(Session session, List<string> args)
    {
        var query = _flags.ToQuery(session.Time.GetUtcNow());
        if (!_raw && !_flags.Details) query.Add("details", true);
        var kind = LogSource.Find(session.Client, args[0]);
        using var response = session.Client.Send("GET", $"/{kind}/{Escape(args[0])}/logs{query}");
        if (_raw)
        {
            Demultiplexer.Copy(response.Body.Read, session.RawOutput, session.RawError);
            return 0;
        }
        var names = new ClusterNames(session.Client, !_noResolve);
        var prefixes = new LogPrefixes(session.Client, names, _noTaskIds, _noTrunc);
        using var output = new PrefixedLines(session.RawOutput, prefixes, _flags.Details);
        using var error = new PrefixedLines(session.RawError, prefixes, _flags.Details);
        Demultiplexer.Copy(response.Body.Read, output, error);
        return 0;
    }
}
