namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Whole lines, encoded, on their way to the file. Belongs to one thread at a time.</summary>
internal sealed class LogPage(int size)
{
    public const int UsualSize = 64 << 10;

    private readonly byte[] bytes = new byte[size];
    private int length;

    /// <summary>So many lines are in it.</summary>
    public int Lines { get; private set; }

    public int Length => length;

    public bool IsUsual => bytes.Length == UsualSize;

    public ReadOnlySpan<byte> Content => bytes.AsSpan(0, length);

    /// <returns>False: it does not fit any more.</returns>
    public bool TryAdd(LogFormat format, int stream, ReadOnlySpan<byte> line, ReadOnlySpan<byte> stamp)
    {
        if (!format.TryWrite(stream, line, stamp, bytes, ref length))
            return false;
        Lines++;
        return true;
    }

    public void Clear() => length = Lines = 0;
}
