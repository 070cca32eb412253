using System.Text;
using System.Text.Json;
using Orchestrator.Api;

namespace Orchestrator.Cli.Output;

/// <summary>
/// Shows a stream of JSON messages: on a terminal each ID keeps its line, elsewhere each message is one.
/// </summary>
internal static class ProgressStream
{
    private const int BarWidth = 50;

    /// <param name="aux">Takes what a message has for programs, such as a built image's ID.</param>
    /// <param name="isRaw">Messages are written as they come, a line of JSON each.</param>
    /// <exception cref="CliException">The stream's last message is an error; with its code, where it has one.</exception>
    public static void Show(
        Session session, Stream body, TextWriter writer, Action<JsonElement>? aux = null, bool isRaw = false)
    {
        var display = new ProgressDisplay(writer, session.OutputIsTerminal && (writer == session.Out || writer == session.Error));
        using var reader = new StreamReader(body, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            var message = JsonSerializer.Deserialize(line, ApiJson.Wire.JsonMessage);
            if (message is null) continue;
            if (isRaw) writer.WriteLine(line);
            if (message.ErrorDetail is { } detail) throw new CliException(detail.Message, detail.Code is > 0 and < 256 and var code ? code : 1);
            if (message.Error is { Length: > 0 } error) throw new CliException(error);
            if (message.Aux is { ValueKind: JsonValueKind.Object } more) aux?.Invoke(more);
            if (isRaw) continue;
            if (message.Stream is { } text) display.Raw(text);
            else if (message.Status is { } status) Write(display, message, status);
        }
        writer.Flush();
    }

    private static void Write(ProgressDisplay display, JsonMessage message, string status)
    {
        var detail = message.ProgressDetail;
        if (detail?.Current is null && detail?.Total is null) display.Line(message.Id, status);
        else display.Step(message.Id, $"{status} {Bar(detail.Current ?? 0, detail.Total ?? 0)}");
    }

    private static string Bar(long current, long total)
    {
        if (total <= 0) return Units.Size(current);
        var filled = (int)Math.Clamp(current * BarWidth / total, 0, BarWidth);
        var head = filled < BarWidth ? ">" : "";
        return $"[{new string('=', filled)}{head}{new string(' ', BarWidth - filled - head.Length)}]  "
            + $"{Units.Size(current),8}/{Units.Size(total)}";
    }
}
