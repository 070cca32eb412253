namespace Orchestrator.Engine.Logs;

/// <summary>Which part of a container's log to read.</summary>
/// <param name="Tail">The last so many lines; null for all.</param>
/// <param name="Follow">Go on with new lines until the container ends.</param>
public sealed record LogQuery(
    bool Stdout,
    bool Stderr,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    int? Tail = null,
    bool Follow = false);

public enum LogStream : byte
{
    Stdin = 0,
    Stdout = 1,
    Stderr = 2,
}

/// <summary>One piece of output as the log holds it: a line with its newline, or a part of a very long one.</summary>
/// <param name="Attributes">What the log options labels, env and tag put into it, in order; null: nothing.</param>
public sealed record LogEntry(
    LogStream Stream, DateTimeOffset Time, ReadOnlyMemory<byte> Line,
    IReadOnlyList<KeyValuePair<string, string>>? Attributes = null);
