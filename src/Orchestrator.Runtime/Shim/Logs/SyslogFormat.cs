using System.Globalization;
using System.Text;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Messages of syslog in the ways docker writes them.</summary>
/// <remarks>Source: RFC 3164 section 4.1, RFC 5424 section 6; for the default, what programs write to /dev/log: no
/// host.</remarks>
internal sealed class SyslogFormat : MessageFormat
{
    private const int Error = 3, Informational = 6;
    private const string OldTime = "MMM", NewTime = "yyyy-MM-dd'T'HH:mm:sszzz", Micro = "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz";

    private readonly SyslogOptions options;
    private readonly byte[] output, errors, behind;
    private readonly bool isNew;

    public SyslogFormat(SyslogOptions options, int processId)
    {
        this.options = options;
        isNew = options.Format is "rfc5424" or "rfc5424micro";
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
        Copy(stream == 2 ? errors : output, to, ref end);
        Copy(stamp, to, ref end);
        Copy(behind, to, ref end);
        Copy(line is [.., (byte)'\n'] ? line[..^1] : line, to, ref end);
        if (options.IsStream)
            Copy("\n"u8, to, ref end); // What else would tell two messages apart.
        return Close(to, ref at, end);
    }

    public override int LongestFor(int lineLength) =>
        Header + errors.Length + LongestStamp + behind.Length + lineLength + 1;

    private byte[] Before(int severity) =>
        Encoding.ASCII.GetBytes($"<{(options.Facility * 8) + severity}>{(isNew ? "1 " : "")}");
}
