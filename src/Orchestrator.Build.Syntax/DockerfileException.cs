namespace Orchestrator.Build.Syntax;

/// <summary>A Dockerfile that cannot be built, and where it says so.</summary>
/// <param name="reason">Docker's words for what is wrong, without a place.</param>
public sealed class DockerfileException(string reason, Position position)
    : Exception($"dockerfile parse error on line {position.Line}: {reason}")
{
    public string Reason { get; } = reason;

    public Position Position { get; } = position;

    /// <summary>The line at fault with its number, and a mark under the column.</summary>
    /// <param name="name">What the Dockerfile is called.</param>
    /// <param name="text">The Dockerfile.</param>
    public string Excerpt(string name, string text)
    {
        var line = text.Split('\n').ElementAtOrDefault(Position.Line - 1)?.TrimEnd('\r') ?? "";
        var gutter = $"{Position.Line,4} | ";
        var before = line[..Math.Clamp(Position.Column - 1, 0, line.Length)];
        var indent = string.Concat(before.Select(c => c == '\t' ? '\t' : ' '));
        return $"{name}:{Position}\n{gutter}{line}\n{new string(' ', gutter.Length - 2)}| {indent}^\n";
    }
}
