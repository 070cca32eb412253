namespace Orchestrator.Runtime.Commands;

/// <summary>The flags before the command.</summary>
internal sealed record GlobalOptions
{
    public const string DefaultRoot = "/run/orch/runtime";

    public static readonly Option[] All =
    [
        new("root", "DIR", $"where containers are kept; default {DefaultRoot}"),
        new("log", "FILE", "errors are appended to it, beside standard error"),
        new("log-format", "text|json", "of that file; default text"),
        new("debug", null, "tell in that file what is done, too"),
        new("systemd-cgroup", null, "cgroupsPath is SLICE:PREFIX:NAME, and systemd makes the cgroup (v2)"),
        new("rootless", "auto|true|false", "accepted for compatibility; the runtime runs as root"),
        new("help", null, "this text; with a command, that of the command", "h"),
        new("version", null, "versions of the runtime and of the runtime-spec", "v"),
    ];

    public string Root { get; private init; } = DefaultRoot;

    public string? Log { get; private init; }

    public bool LogIsJson { get; private init; }

    public bool Debug { get; private init; }

    public bool SystemdCgroup { get; private init; }

    /// <exception cref="RuntimeException">The log format is unknown.</exception>
    public static GlobalOptions From(Arguments arguments) => new()
    {
        Root = Path.GetFullPath(arguments["root"] is { Length: > 0 } root ? root : DefaultRoot),
        Log = arguments["log"] is { Length: > 0 } log ? log : null,
        LogIsJson = (arguments["log-format"] ?? "text") switch
        {
            "json" => true,
            "text" => false,
            var other => throw new RuntimeException($"--log-format \"{other}\" is unknown; use text or json", 2),
        },
        Debug = arguments.Has("debug"),
        SystemdCgroup = arguments.Has("systemd-cgroup"),
    };
}
