using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Completion;

/// <summary>Flags, and what their values may be.</summary>
internal sealed class FlagCandidates(ObjectNames names)
{
    public static void Names(Candidates candidates, FlagSet flags, bool withShort)
    {
        foreach (var flag in flags.All.Where(static f => !f.Hidden))
        {
            candidates.Add("--" + flag.Name, flag.Help);
            if (withShort && flag.Shorthand is { } c) candidates.Add("-" + c, flag.Help);
        }
    }

    /// <param name="before">What stands in front of each: <c>--network=</c>, or nothing.</param>
    public void Value(Candidates candidates, Flag flag, string before)
    {
        var values = Values(flag.Name);
        if (values is null) candidates.Files = true;
        else candidates.AddRange(values.Select(v => before + v));
    }

    /// <summary>Null: anything, a file perhaps.</summary>
    private IEnumerable<string>? Values(string flag) => flag switch
    {
        "network" or "net" or "network-add" or "network-rm" => names.Networks(),
        "secret" or "secret-add" or "secret-rm" => names.Secrets(),
        "config-add" or "config-rm" => names.Configs(),
        "volumes-from" or "link" => names.Containers(),
        "context" or "from" => names.Contexts(),
        "restart" => ["always", "no", "on-failure", "unless-stopped"],
        "pull" => ["always", "missing", "never"],
        "format" => ["json", "table", "{{"],
        "filter" => ["driver=", "id=", "label=", "name=", "status=", "type="],
        "type" => ["config", "container", "image", "network", "node", "secret", "service", "task", "volume"],
        "log-driver" => ["json-file", "journald", "local", "none", "syslog"],
        "signal" or "stop-signal" => ["HUP", "INT", "KILL", "QUIT", "STOP", "TERM", "USR1", "USR2"],
        "availability" => ["active", "drain", "pause"],
        "role" => ["manager", "worker"],
        "mode" => ["global", "replicated"],
        "cgroupns" or "ipc" or "pid" or "userns" or "uts" => ["host", "private"],
        "host" => ["tcp://", "unix://"],
        _ => null,
    };
}
