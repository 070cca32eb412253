using System.Text;
using System.Text.Json;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Commands;

/// <summary>The file of <c>--log</c>: a line for each error, as containerd's and podman's readers expect it.</summary>
/// <remarks>containerd (go-runc) decodes JSON objects with level, msg and time and shows the last whose level is
/// "error"; podman shows msg.</remarks>
internal static class ErrorLog
{
    public static void Write(GlobalOptions options, string level, string message)
    {
        if (options.Log is not { } path)
            return;
        try
        {
            const uint readable = 0x1a4;
            using var file = FileDescriptor.Open(
                path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, readable);
            file.WriteAll(Line(options.LogIsJson, level, message, DateTimeOffset.UtcNow));
        }
        catch (LinuxException)
        {
            // It goes to standard error at any rate.
        }
    }

    internal static byte[] Line(bool json, string level, string message, DateTimeOffset time)
    {
        using var line = new MemoryStream();
        var stamp = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
        if (json)
        {
            using var writer = new Utf8JsonWriter(line);
            writer.WriteStartObject();
            writer.WriteString("level", level);
            writer.WriteString("msg", message);
            writer.WriteString("time", stamp);
            writer.WriteEndObject();
        }
        else
        {
            line.Write(Encoding.UTF8.GetBytes($"time=\"{stamp}\" level={level} msg={Quoted(message)}"));
        }

        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    private static string Quoted(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
