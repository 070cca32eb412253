using System.Text;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>
/// A build on a terminal: a line for each step with the time it took, and below the running one the end of what it
/// prints, which goes when the step is done. What a failed step printed stays.
/// </summary>
internal sealed class StepDisplay(TextWriter terminal, int width, TimeProvider time) : TextWriter
{
    private const int Window = 6;

    private readonly StringBuilder _line = new();
    private readonly List<string> _printed = [];
    private string? _step;
    private long _started;
    private bool _isCached;
    private int _shown;

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (value != '\n') _line.Append(value);
        else
        {
            Take(_line.ToString().TrimEnd('\r'));
            _line.Clear();
        }
    }

    public override void Flush() => terminal.Flush();

    /// <summary>The build is done: the last step gets its time.</summary>
    public void Finish()
    {
        if (_line.Length > 0) Write('\n');
        EndStep();
        terminal.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        // Not finished, so failed: all of it is wanted now.
        if (disposing && _step is not null)
        {
            if (_line.Length > 0) _printed.Add(_line.ToString());
            Erase();
            foreach (var line in _printed) terminal.Write(line + "\n");
            _step = null;
            terminal.Flush();
        }
        base.Dispose(disposing);
    }

    private void Take(string line)
    {
        if (line.StartsWith("Step ", StringComparison.Ordinal))
        {
            EndStep();
            (_step, _started, _isCached) = (line, time.GetTimestamp(), false);
            terminal.Write(Cut(line) + "\n");
        }
        else if (_step is null || line.StartsWith("Successfully ", StringComparison.Ordinal))
        {
            EndStep();
            terminal.Write(line + "\n");
        }
        else if (line.StartsWith(" ---> Using cache", StringComparison.Ordinal)) _isCached = true;
        else if (!line.StartsWith(" ---> ", StringComparison.Ordinal) && !IsRemoval(line)) Print(line);
    }

    private static bool IsRemoval(string line) =>
        line.StartsWith("Removing intermediate container", StringComparison.Ordinal)
        || line.StartsWith(" ---> Removed intermediate container", StringComparison.Ordinal);

    private void Print(string line)
    {
        _printed.Add(line);
        Erase();
        foreach (var last in _printed.TakeLast(Window))
        {
            terminal.Write($"\x1b[2m{Cut("  " + last)}\x1b[0m\n");
            _shown++;
        }
    }

    /// <summary>Writes the step's line again, now with its end.</summary>
    private void EndStep()
    {
        if (_step is null) return;
        Erase();
        var end = _isCached ? "CACHED" : $"{time.GetElapsedTime(_started).TotalSeconds:0.0}s";
        var room = Math.Max(10, width - end.Length - 2);
        terminal.Write($"\x1b[1A\r\x1b[2K{(_step.Length > room ? _step[..room] : _step)} {end}\n");
        _step = null;
        _printed.Clear();
    }

    private void Erase()
    {
        if (_shown > 0) terminal.Write($"\x1b[{_shown}A\r\x1b[0J");
        _shown = 0;
    }

    /// <summary>One row of the terminal, so that rows can be counted.</summary>
    private string Cut(string line)
    {
        var plain = string.Concat(line.Replace("\t", "    ", StringComparison.Ordinal).Where(static c => !char.IsControl(c)));
        return plain.Length > width - 1 ? plain[..(width - 1)] : plain;
    }
}
