using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerStats : Command
{
    private const string ClearScreen = "\x1b[H\x1b[2J";

    private readonly BoolFlag _all;
    private readonly BoolFlag _noStream;
    private readonly BoolFlag _noTrunc;
    private readonly ValueFlag<string> _format;
    private readonly Dictionary<string, Stats> _before = [];

    public ContainerStats()
    {
        _all = Flags.Bool("all", 'a', "Show those that do not run, too");
        _format = Flags.Format();
        _noStream = Flags.Bool("no-stream", null, "Show one sample and quit");
        _noTrunc = Flags.NoTrunc();
    }

    public override string Usage => "[OPTIONS] [CONTAINER...]";

    public override Arity Arity => Arity.Any;

    public override int Run(Session session, List<string> args)
    {
        var listing = Listing();
        Sample(session, args);
        do
        {
            Thread.Sleep(TimeSpan.FromSeconds(1));
            var rows = Sample(session, args);
            if (!_noStream && session.OutputIsTerminal) session.Out.Write(ClearScreen);
            listing.Write(session.Out, rows, DefaultFormat.Of(session, _format, "statsFormat", quiet: false));
            session.Out.Flush();
        }
        while (!_noStream);
        return 0;
    }

    /// <summary>One sample of each container, with the one before it: a rate needs two.</summary>
    private List<StatsRow> Sample(Session session, List<string> names)
    {
        var rows = new List<StatsRow>();
        foreach (var name in names.Count > 0 ? names : Running(session))
        {
            var now = session.Client.Get(
                $"/containers/{Escape(name)}/stats{new Query().Add("stream", "0").Add("one-shot", true)}",
                ApiJson.Wire.Stats);
            rows.Add(new StatsRow(name, now, _before.GetValueOrDefault(name, now)));
            _before[name] = now;
        }
        return rows;
    }

    private List<string> Running(Session session) =>
        [.. session.Client.Get($"/containers/json{new Query().Add("all", _all)}", ApiJson.Wire.ContainerSummaryArray)
            .Select(static c => c.Id)];

    private Listing<StatsRow> Listing() => new(
        ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"],
        new("Container", "CONTAINER", static r => r.Asked),
        new("ID", "CONTAINER ID", r => Text.Id(r.Now.Id, _noTrunc)),
        new("Name", "NAME", static r => r.Now.Name.TrimStart('/')),
        new("CPUPerc", "CPU %", static r => r.CpuPercent),
        new("MemUsage", "MEM USAGE / LIMIT", static r => r.MemoryUsage),
        new("MemPerc", "MEM %", static r => r.MemoryPercent),
        new("NetIO", "NET I/O", static r => r.NetIo),
        new("BlockIO", "BLOCK I/O", static r => r.BlockIo),
        new("PIDs", "PIDS", static r => r.Pids));
}
