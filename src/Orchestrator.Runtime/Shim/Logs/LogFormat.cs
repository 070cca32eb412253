namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>How lines become records, and where in a run of records one ends. Belongs to no thread: it has no state.
/// </summary>
internal abstract class LogFormat
{
    /// <summary>Room for any moment.</summary>
    public const int LongestStamp = 64;

    /// <summary>A moment as records carry it, made once for all lines of a read.</summary>
    /// <returns>Its length.</returns>
    public abstract int Stamp(DateTimeOffset at, Span<byte> to);

    /// <param name="stream">1: standard output; 2: standard error.</param>
    /// <param name="line">With its newline; without one, a part of a line.</param>
    /// <param name="stamp">As from <see cref="Stamp"/>.</param>
    /// <param name="at">Where to begin; on success, the end.</param>
    /// <returns>False: there is no room, and <paramref name="at"/> is as it was.</returns>
    public abstract bool TryWrite(
        int stream, ReadOnlySpan<byte> line, ReadOnlySpan<byte> stamp, Span<byte> to, ref int at);

    /// <summary>Room enough for any line of this length.</summary>
    public abstract int LongestFor(int lineLength);

    /// <returns>Length of the first record.</returns>
    public abstract int First(ReadOnlySpan<byte> records);

    /// <returns>Length of the records that are whole within the first <paramref name="room"/> bytes.</returns>
    public virtual int Within(ReadOnlySpan<byte> records, int room)
    {
        var length = 0;
        while (length < room && First(records[length..]) is > 0 and var next && length + next <= room)
            length += next;
        return length;
    }

    public virtual int Count(ReadOnlySpan<byte> records)
    {
        var count = 0;
        for (; First(records) is > 0 and var length; records = records[length..])
            count++;
        return count;
    }

    /// <summary>Makes a file that a killed shim left fit to be appended to.</summary>
    public abstract void Mend(string path);
}
