using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Messages of syslog in the ways docker writes them.</summary>
/// <remarks>Source: RFC 3164 section 4.1, RFC 5424 section 6, and over TLS RFC 5425 section 4.3, whose count in front
/// takes the place of an end of line; for the default, what programs write to /dev/log: no
/// host.</remarks>
internal sealed class SyslogFormat : MessageFormat
{
    private const int Error = 3, Informational = 6;
    private const int LongestCount = 11;
    private const string OldTime = "MMM", NewTime = "yyyy-MM-dd'T'HH:mm:sszzz", Micro = "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz";

    private readonly SyslogOptions options;
    private readonly byte[] output, errors, behind;
    private readonly bool isNew, isCounted;

    public SyslogFormat(SyslogOptions options, int processId)
    {
        this.options = options;
        isNew = options.Format is "rfc5424" or "rfc5424micro";
        isCounted = isNew && options.Relay is not null;
        (output, errors) = (Before(Informational), Before(Error));
        var host = options.Format == "rfc3164" || isNew ? $" {Environment.MachineName}" : "";
        behind = Encoding.UTF8.GetBytes(isNew
            ? $"{host} {options.Tag} {processId} {options.Tag} - " : $"{host} {options.Tag}[{processId}]: ");
    }

    public override int Stamp(DateTimeOffset at, Span<byte> to)
    {
        var local = at.ToLocalTime();
        // The day of the old form has a blank where it has one digit, which .NET has no sign for.
        var text = isNew
            ? local.ToString(options.Format == "rfc5424micro" ? Micro : NewTime, CultureInfo.InvariantCulture)
            : $"{local.ToString(OldTime, CultureInfo.InvariantCulture)} {local.Day,2} "
                + local.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetBytes(text, to);
    }

    public override bool TryWrite(
        int stream, ReadOnlySpan<byte> line, ReadOnlySpan<byte> stamp, Span<byte> to, ref int at)
    {
        if (to.Length - at < LongestFor(line.Length))
            return false;
        var end = at + Header;
        if (isCounted)
            CopyCount(line, stamp, to, ref end);
        Copy(stream == 2 ? errors : output, to, ref end);
        Copy(stamp, to, ref end);
        Copy(behind, to, ref end);
        Copy(line is [.., (byte)'\n'] ? line[..^1] : line, to, ref end);
        if (options.IsStream && !isCounted)
            Copy("\n"u8, to, ref end); // What else would tell two messages apart.
        return Close(to, ref at, end);
    }

    public override int LongestFor(int lineLength) =>
        Header + LongestCount + errors.Length + LongestStamp + behind.Length + lineLength + 1;

    /// <summary>How long the message behind it is, and a blank.</summary>
    private void CopyCount(ReadOnlySpan<byte> line, ReadOnlySpan<byte> stamp, Span<byte> to, ref int end)
    {
        var length = output.Length + stamp.Length + behind.Length + (line is [.., (byte)'\n'] ? line.Length - 1 : line.Length);
        Utf8Formatter.TryFormat(length, to[end..], out var digits);
        end += digits;
        Copy(" "u8, to, ref end);
    }

    private byte[] Before(int severity) =>
        Encoding.ASCII.GetBytes($"<{(options.Facility * 8) + severity}>{(isNew ? "1 " : "")}");
}
