namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Joins physical lines to instructions: directives, comments, continuations and heredocs.</summary>
internal sealed class LineReader
{
    private readonly SourceLines lines;
    private readonly DirectiveReader directives = new();
    private readonly List<Finding> findings = [];
    private readonly char? givenEscape;
    private List<string> comments = [];

    /// <param name="escape">Instead of a directive: the text is no file of its own.</param>
    public LineReader(string text, char? escape = null)
    {
        lines = new SourceLines(text);
        givenEscape = escape;
    }

    public ParserDirectives Directives => directives.Directives;

    public IReadOnlyList<Finding> Findings => findings;

    public int LineCount => lines.Number;

    private char Escape => givenEscape ?? Directives.Escape;

    /// <returns>Null at the end.</returns>
    public InstructionText? Next()
    {
        while (lines.Next() is { } physical)
        {
            var written = physical.TrimEnd('\r', '\n');
            var text = written.TrimStart();
            var position = new Position(lines.Number, written.Length - text.Length + 1);
            if (givenEscape is null && directives.Take(text, position)) continue;
            if (text.StartsWith('#')) TakeComment(text);
            else if (text.Length > 0) return Instruction(text, position);
        }
        return null;
    }

    private InstructionText Instruction(string text, Position position)
    {
        var line = Join(text, position);
        var instruction = InstructionText.Split(line, 0, Escape);
        var heredocs = MayHoldHeredoc(instruction) ? HeredocReader.TakeBodies(line, lines) : [];
        var above = comments;
        comments = [];
        return instruction with { Heredocs = [.. heredocs], Comments = [.. above], EndLine = lines.Number };
    }

    private LogicalLine Join(string text, Position position)
    {
        var line = new LogicalLine();
        var isEmptyWithin = false;
        var goesOn = TakesContinuation(ref text);
        line.Append(text, position);
        while (goesOn && lines.Next() is { } physical)
        {
            text = physical.TrimEnd('\r', '\n');
            if (text.AsSpan().TrimStart().StartsWith("#")) continue;
            if (string.IsNullOrWhiteSpace(text))
            {
                isEmptyWithin = true;
                continue;
            }
            goesOn = TakesContinuation(ref text);
            line.Append(text, new Position(lines.Number, 1));
        }
        if (isEmptyWithin)
            findings.Add(new Finding("NoEmptyContinuation", new Position(lines.Number, 1), "Empty continuation line"));
        return line;
    }

    /// <summary>Takes the escape off a line that goes on: one alone at the end, blanks after it or not.</summary>
    private bool TakesContinuation(ref string text)
    {
        var end = text.AsSpan().TrimEnd(" \t").Length;
        if (end == 0 || text[end - 1] != Escape || (end > 1 && text[end - 2] == Escape)) return false;
        text = text[..(end - 1)];
        return true;
    }

    private void TakeComment(string text)
    {
        var comment = text[1..].Trim();
        if (comment.Length == 0) comments.Clear();
        else comments.Add(comment);
    }

    private static bool MayHoldHeredoc(InstructionText instruction)
    {
        if (instruction.Name == "ONBUILD")
            instruction = InstructionText.Split(instruction.Line, instruction.Arguments.Offset, instruction.Escape);
        return instruction.Name is "RUN" or "COPY" or "ADD"
            && JsonWords.Parse(instruction, instruction.Arguments) is null;
    }
}
