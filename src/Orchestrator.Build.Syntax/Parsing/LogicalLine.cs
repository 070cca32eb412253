namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>An instruction's line, continuations joined, that knows where each character was written.</summary>
internal sealed class LogicalLine
{
    private readonly List<(int Offset, Position Position)> pieces = [];
    private readonly System.Text.StringBuilder text = new();

    public LogicalLine()
    {
    }

    public LogicalLine(string text, Position position) => Append(text, position);

    public string Text => text.ToString();

    public Position Start => pieces[0].Position;

    public int Length => text.Length;

    public void Append(string piece, Position position)
    {
        pieces.Add((text.Length, position));
        text.Append(piece);
    }

    public Position At(int offset)
    {
        var (start, position) = pieces.FindLast(piece => piece.Offset <= offset);
        return position with { Column = position.Column + offset - start };
    }

    public DockerfileException Fault(int offset, string reason) => new(reason, At(offset));
}
