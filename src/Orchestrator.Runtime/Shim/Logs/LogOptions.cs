using System.Globalization;
using Orchestrator.Runtime.Commands;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Where a container's log goes, and how much of it is kept. The values are those of docker's --log-opt.
/// </summary>
internal sealed record LogOptions(string Path)
{
    /// <summary>More than this would be the shim's memory; whoever needs it wants the blocking mode.</summary>
    private const long MaxBuffer = 32 << 20;

    public static readonly string[] Values =
    [
        "log-path", "log-max-size", "log-max-file", "log-mode", "log-max-buffer-size", "log-attrs",
    ];

    /// <summary>0: never rotated.</summary>
    public long MaxBytes { get; init; }

    /// <summary>The current one counts.</summary>
    public int MaxFiles { get; init; } = 1;

    /// <summary>A container that writes faster than the disk waits; otherwise lines are dropped, and counted.</summary>
    public bool Blocks { get; init; } = true;

    /// <summary>How much may wait for the disk.</summary>
    public int BufferBytes { get; init; } = 1 << 20;

    /// <summary>A JSON object that each line carries as its attrs, or nothing.</summary>
    public ReadOnlyMemory<byte> Attributes { get; init; }

    /// <returns>Null: nothing is logged.</returns>
    /// <exception cref="RuntimeException">Names the option and what it may be.</exception>
    public static LogOptions? From(Arguments arguments)
    {
        if (arguments["log-path"] is not { } path)
            return null;
        var blocks = Blocking(arguments["log-mode"]);
        return new LogOptions(path)
        {
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
