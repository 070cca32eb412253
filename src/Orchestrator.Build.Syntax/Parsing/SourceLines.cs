using System.Text;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>The physical lines of a Dockerfile, taken one by one.</summary>
internal sealed class SourceLines(string text)
{
    private const int MaxLineBytes = (64 * 1024) - 1;
    private int at = text.StartsWith('\uFEFF') ? 1 : 0;

    /// <summary>Number of the line last taken, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line with its end, or null.</summary>
    /// <exception cref="DockerfileException">The line is longer than docker takes.</exception>
    public string? Next()
    {
        if (at >= text.Length) return null;
        Number++;
        var feed = text.IndexOf('\n', at);
        var end = feed < 0 ? text.Length : feed + 1;
        if (end - at > MaxLineBytes / 3 && Encoding.UTF8.GetByteCount(text.AsSpan(at, end - at)) > MaxLineBytes)
        {
            throw new DockerfileException(
                $"dockerfile line greater than max allowed size of {MaxLineBytes}", new Position(Number, 1));
        }
        var line = text[at..end];
        at = end;
        return line;
    }
}
