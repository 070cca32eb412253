using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>The flags that logs of containers and of services share.</summary>
internal sealed class LogFlags(FlagSet flags)
{
    private readonly BoolFlag _follow = flags.Bool("follow", 'f', "Go on with what comes");
    private readonly BoolFlag _timestamps = flags.Bool("timestamps", 't', "Show the time of each line");
    private readonly BoolFlag _details = flags.Bool("details", null, "Show attributes that the log driver kept");
    private readonly ValueFlag<string> _since = flags.String(
        "since", null, "Show what came after: a time, or an age such as 42m");
    private readonly ValueFlag<string> _tail = flags.String("tail", 'n', "Lines to show from the end", "all");

    public bool Details => _details;

    public Query ToQuery(DateTimeOffset now) => new Query()
        .Add("stdout", true).Add("stderr", true)
        .Add("follow", _follow).Add("timestamps", _timestamps).Add("details", _details)
        .Add("since", Timestamps.ToWire(_since.Value, now))
        .Add("tail", _tail.Value);
}
