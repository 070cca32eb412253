using System.Globalization;
using Orchestrator.Runtime.Commands;

namespace Orchestrator.Runtime.Shim;

/// <summary>What <c>orch-runtime shim</c> is told on its command line.</summary>
internal sealed record ShimOptions
{
    public static readonly string[] Switches = ["open-stdin", "stdin-once", "inherit-stdio"];

    public static readonly string[] Values =
        ["id", "bundle", "state", "log-path", "log-max-size", "log-max-file", "cgroup-parent", "ready-fd"];

    public required string Id { get; init; }

    public required string Bundle { get; init; }

    public required string State { get; init; }

    public string? LogPath { get; init; }

    public long LogMaxBytes { get; init; }

    public int LogMaxFiles { get; init; } = 1;

    /// <summary>Used when config.json has no cgroupsPath.</summary>
    public string CgroupParent { get; init; } = "/orch";

    public bool OpenStdin { get; init; }

    public bool StdinOnce { get; init; }

    /// <summary>The container gets the shim's own streams; nothing is logged and nobody can attach.</summary>
    public bool InheritStdio { get; init; }

    /// <summary>Where the one line goes; 1 unless the container needs our standard output for itself.</summary>
    public int ReadyFd { get; init; } = 1;

    public static ShimOptions From(Arguments arguments) => new()
    {
        Id = arguments.Need("id"),
        Bundle = Path.GetFullPath(arguments.Need("bundle")),
        State = Path.GetFullPath(arguments.Need("state")),
        LogPath = arguments["log-path"],
        LogMaxBytes = Size(arguments["log-max-size"]),
        LogMaxFiles = int.Parse(arguments["log-max-file"] ?? "1", CultureInfo.InvariantCulture),
        CgroupParent = arguments["cgroup-parent"] ?? "/orch",
        OpenStdin = arguments.Has("open-stdin"),
        StdinOnce = arguments.Has("stdin-once"),
        InheritStdio = arguments.Has("inherit-stdio"),
        ReadyFd = int.Parse(arguments["ready-fd"] ?? "1", CultureInfo.InvariantCulture),
    };

    /// <summary>Docker's sizes: a number with k, m or g.</summary>
    internal static long Size(string? text)
    {
        if (string.IsNullOrEmpty(text) || text == "-1")
            return 0;
        var digits = text.TrimEnd('b', 'B');
        var factor = digits.Length > 0 ? char.ToLowerInvariant(digits[^1]) switch
        {
            'k' => 1L << 10,
            'm' => 1L << 20,
            'g' => 1L << 30,
            _ => 1,
        } : 1;
        digits = factor == 1 ? digits : digits[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number * factor
            : throw new RuntimeException($"--log-max-size {text} is no size; use for example 10m", 2);
    }
}
