using System.Globalization;
using Orchestrator.Runtime.Commands;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Where a container's log goes, and how much of it is kept. The values are those of docker's --log-opt.
/// </summary>
/// <param name="Path">Of the file; of a driver that has none, empty.</param>
internal sealed record LogOptions(string Path)
{
    public const string JsonFile = "json-file", Local = "local", Syslog = "syslog", Journald = "journald";

    /// <summary>More than this would be the shim's memory; whoever needs it wants the blocking mode.</summary>
    private const long MaxBuffer = 32 << 20;

    public static readonly string[] Values =
    [
        "log-path", "log-max-size", "log-max-file", "log-mode", "log-max-buffer-size", "log-attrs",
        "log-driver", "log-compress", .. SyslogOptions.Values,
    ];

    public string Driver { get; init; } = JsonFile;

    /// <summary>Files that are rotated away are compressed.</summary>
    public bool Compresses { get; init; }

    /// <summary>Set for syslog alone.</summary>
    public SyslogOptions? Server { get; init; }

    /// <summary>0: never rotated.</summary>
    public long MaxBytes { get; init; }

    /// <summary>The current one counts.</summary>
    public int MaxFiles { get; init; } = 1;

    /// <summary>A container that writes faster than the disk waits; otherwise lines are dropped, and counted.</summary>
    public bool Blocks { get; init; } = true;

    /// <summary>How much may wait for the disk.</summary>
    public int BufferBytes { get; init; } = 1 << 20;

    /// <summary>What each line carries besides: for json-file a JSON object, its attrs; for journald fields of its
    /// protocol; or nothing.</summary>
    public ReadOnlyMemory<byte> Attributes { get; init; }

    /// <returns>Null: nothing is logged.</returns>
    /// <exception cref="RuntimeException">Names the option and what it may be.</exception>
    public static LogOptions? From(Arguments arguments)
    {
        var driver = arguments["log-driver"] ?? JsonFile;
        var hasFile = driver is JsonFile or Local;
        if (!hasFile && driver is not (Syslog or Journald))
            throw new RuntimeException(
                $"--log-driver {driver} is unknown; use {JsonFile}, {Local}, {Syslog} or {Journald}", 2);
        var path = hasFile ? arguments["log-path"] : "";
        if (path is null)
            return null;
        var blocks = Blocking(arguments["log-mode"]);
        return new LogOptions(path)
        {
            Driver = driver,
            Compresses = arguments["log-compress"] == "true",
            Server = driver == Syslog ? SyslogOptions.From(arguments) : null,
            MaxBytes = Size("log-max-size", arguments["log-max-size"]),
            MaxFiles = Files(arguments["log-max-file"] ?? "1"),
            Blocks = blocks,
            BufferBytes = blocks ? 1 << 20 : Buffer(arguments["log-max-buffer-size"]),
            Attributes = arguments["log-attrs"] is { } file ? File.ReadAllBytes(file) : default,
        };
    }

    /// <summary>Docker's sizes: a number with k, m or g. 0: no limit.</summary>
    internal static long Size(string option, string? text)
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
            : throw new RuntimeException($"--{option} {text} is no size; use for example 10m", 2);
    }

    private static bool Blocking(string? mode) => mode switch
    {
        null or "" or "blocking" => true,
        "non-blocking" => false,
        _ => throw new RuntimeException($"--log-mode {mode} is unknown; use blocking or non-blocking", 2),
    };

    private static int Buffer(string? text) => Size("log-max-buffer-size", text) switch
    {
        0 => 1 << 20,
        var size and <= MaxBuffer => (int)size,
        _ => throw new RuntimeException($"--log-max-buffer-size {text} is too much; use 32m or less", 2),
    };

    private static int Files(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var files) && files > 0
            ? files
            : throw new RuntimeException($"--log-max-file {text} is no number of files; use 1 or more", 2);
}
