using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Engine.Logs;

/// <summary>How a file of a log is read: where its records end, and what they say.</summary>
internal abstract class LogCodec
{
    public static LogCodec Json { get; } = new JsonLogCodec();

    public static LogCodec Local { get; } = new LocalLogCodec();

    /// <returns>Length of the first record; 0: it is not all there yet.</returns>
    public abstract int First(ReadOnlySpan<byte> bytes);

    /// <param name="record">As long as <see cref="First"/> said.</param>
    /// <returns>False for what is no record: the torn end a power cut can leave.</returns>
    public abstract bool TryParse(ReadOnlySpan<byte> record, [NotNullWhen(true)] out LogEntry? entry);

    /// <summary>Positions a file so that reading on yields its last records, so many at most.</summary>
    /// <returns>How many of the wanted ones the file holds.</returns>
    public abstract int SeekBack(FileStream file, int records);
}
