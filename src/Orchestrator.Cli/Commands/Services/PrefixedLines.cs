using System.Text;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>Takes lines that begin with the attributes of their task, and writes them behind the task's name.</summary>
/// <remarks>With timestamps the time stands before the attributes; it stays in front of the line.</remarks>
internal sealed class PrefixedLines(Stream target, LogPrefixes prefixes, bool keepDetails) : OneWayStream
{
    private const string TaskKey = "com.docker.swarm.task.id";
    private const string NodeKey = "com.docker.swarm.node.id";

    private readonly MemoryStream _line = new();

    public override bool CanRead => false;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.IndexOf((byte)'\n') is >= 0 and var end)
        {
            _line.Write(buffer[..end]);
            WriteLine();
            buffer = buffer[(end + 1)..];
        }
        _line.Write(buffer);
    }

    public override void Flush() => target.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _line.Length > 0) WriteLine();
        base.Dispose(disposing);
    }

    private void WriteLine()
    {
        var line = Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length);
        _line.SetLength(0);
        target.Write(Encoding.UTF8.GetBytes(Format(line) + "\n"));
    }

    private string Format(string line)
    {
        var words = line.Split(' ', 3);
        var at = Array.FindIndex(
            words, 0, Math.Min(2, words.Length), static w => w.Contains(TaskKey, StringComparison.Ordinal));
        if (at < 0) return line;
        var attributes = KeyValues.ToMap(words[at].Split(','))!;
        var rest = string.Join(' ', words.Skip(at + 1));
        var time = at == 1 ? words[0] + " " : "";
        var prefix = prefixes.Of(attributes[TaskKey], attributes.GetValueOrDefault(NodeKey, ""));
        return keepDetails ? $"{time}{prefix}{words[at]} {rest}" : $"{time}{prefix}{rest}";
    }
}
