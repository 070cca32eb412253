using System.Buffers.Binary;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Messages on their way to a socket: each behind its length, which is not sent.</summary>
internal abstract class MessageFormat : LogFormat
{
    protected const int Header = 4;

    public override int First(ReadOnlySpan<byte> records) =>
        records.Length < Header ? 0 : Header + BinaryPrimitives.ReadInt32LittleEndian(records);

    /// <summary>There is no file.</summary>
    public override void Mend(string path)
    {
    }

    public static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> record) => record[Header..];

    /// <summary>Puts the length before what stands from <paramref name="at"/> + 4 to <paramref name="end"/>.</summary>
    protected static bool Close(Span<byte> to, ref int at, int end)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to[at..], end - at - Header);
        at = end;
        return true;
    }

    protected static void Copy(ReadOnlySpan<byte> bytes, Span<byte> to, ref int at)
    {
        bytes.CopyTo(to[at..]);
        at += bytes.Length;
    }
}
