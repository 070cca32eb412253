namespace Orchestrator.Cli.Output;

/// <summary>
/// Lines that are rewritten in place on a terminal; elsewhere each change that matters is a line of its own.
/// </summary>
internal sealed class ProgressDisplay(TextWriter writer, bool isTerminal)
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _last = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Text as it is.</summary>
    public void Raw(string text)
    {
        writer.Write(text);
        writer.Flush();
    }

    /// <summary>A state worth a line; the same state twice is shown once.</summary>
    public void Line(string? id, string text)
    {
        if (string.IsNullOrEmpty(id))
        {
            writer.Write(text + "\n");
            _lines.Clear();
            _count = 0;
        }
        else if (_last.TryGetValue(id, out var last) && last == text) return;
        else if (isTerminal) Redraw(id, text);
        else writer.Write($"{id}: {text}\n");
        if (!string.IsNullOrEmpty(id)) _last[id] = text;
        writer.Flush();
    }

    /// <summary>A step between two states: a bar that moves. Not shown where lines cannot be rewritten.</summary>
    public void Step(string? id, string text)
    {
        if (!isTerminal || string.IsNullOrEmpty(id)) return;
        _last.Remove(id);
        Redraw(id, text);
        writer.Flush();
    }

    /// <summary>A state with its bar; where lines cannot be rewritten, the state alone, when it changed.</summary>
    public void Bar(string id, string state, string withBar)
    {
        if (isTerminal) Line(id, withBar);
        else Line(id, state);
    }

    private void Redraw(string id, string text)
    {
        if (!_lines.TryGetValue(id, out var line))
        {
            _lines[id] = _count++;
            writer.Write($"{id}: {text}\n");
            return;
        }
        var up = _count - line;
        // Up to the line, erase it, write, and back down to the end.
        writer.Write($"\x1b[{up}A\r\x1b[2K{id}: {text}\x1b[{up}B\r");
    }
}
