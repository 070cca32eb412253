using System.Globalization;
using Orchestrator.Runtime.Commands;
using Orchestrator.Runtime.Shim.Backends;
using Orchestrator.Runtime.Shim.Logs;

namespace Orchestrator.Runtime.Shim;

/// <summary>What <c>orch-runtime shim</c> is told on its command line.</summary>
internal sealed record ShimOptions
{
    public static readonly string[] Switches = ["open-stdin", "stdin-once", "inherit-stdio"];

    public static readonly string[] Values =
        ["id", "bundle", "state", "cgroup-parent", "ready-fd", "runtime", "runtime-arg", .. LogOptions.Values];

    public required string Id { get; init; }

    public required string Bundle { get; init; }

    public required string State { get; init; }

    /// <summary>Null: no log.</summary>
    public LogOptions? Log { get; init; }

    /// <summary>Used when config.json has no cgroupsPath.</summary>
    public string CgroupParent { get; init; } = "/orch";

    public bool OpenStdin { get; init; }

    public bool StdinOnce { get; init; }

    /// <summary>The container gets the shim's own streams; nothing is logged and nobody can attach.</summary>
    public bool InheritStdio { get; init; }

    /// <summary>Another OCI runtime that makes the container; null: we do.</summary>
    public ForeignProgram? Runtime { get; init; }

    /// <summary>Where the one line goes; 1 unless the container needs our standard output for itself.</summary>
    public int ReadyFd { get; init; } = 1;

    public static ShimOptions From(Arguments arguments) => new()
    {
        Id = arguments.Need("id"),
        Bundle = Path.GetFullPath(arguments.Need("bundle")),
        State = Path.GetFullPath(arguments.Need("state")),
        Log = LogOptions.From(arguments),
        CgroupParent = arguments["cgroup-parent"] ?? "/orch",
        OpenStdin = arguments.Has("open-stdin"),
        StdinOnce = arguments.Has("stdin-once"),
        InheritStdio = arguments.Has("inherit-stdio"),
        Runtime = arguments["runtime"] is { } path
            ? new ForeignProgram(Path.GetFullPath(path), [.. arguments.Every("runtime-arg")]) : null,
        ReadyFd = int.Parse(arguments["ready-fd"] ?? "1", CultureInfo.InvariantCulture),
    };
}
