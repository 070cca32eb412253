using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>A line parted into keyword, flags and the rest, each with its place.</summary>
internal sealed record InstructionText(LogicalLine Line, char Escape)
{
    public required Token Keyword { get; init; }

    /// <summary>Quotes and escapes taken away, as <c>--name=value</c>.</summary>
    public required List<Token> Flags { get; init; }

    /// <summary>Trimmed; empty where there is nothing.</summary>
    public required Token Arguments { get; init; }

    public ImmutableArray<Heredoc> Heredocs { get; init; } = [];

    public ImmutableArray<string> Comments { get; init; } = [];

    public int EndLine { get; init; }

    public InstructionSource Source => new(
        Keyword.Text, Line.Text.Trim(), Line.At(Keyword.Offset), EndLine, Heredocs, Comments);

    public string Name => Keyword.Text.ToUpperInvariant();

    public DockerfileException Fault(Token at, string reason) => Line.Fault(at.Offset, reason);

    /// <summary>A fault of the instruction as a whole, which points at its keyword.</summary>
    public DockerfileException Fault(string reason) => Line.Fault(Keyword.Offset, reason);

    /// <param name="from">Where in the line the instruction begins; blanks before it are passed over.</param>
    public static InstructionText Split(LogicalLine line, int from, char escape)
    {
        var text = line.Text;
        var start = from;
        while (start < text.Length && char.IsWhiteSpace(text[start])) start++;
        var end = start;
        while (end < text.Length && !ArgumentWords.IsBlank(text[end])) end++;

        var at = end;
        var flags = TakeFlags(text, ref at, escape);
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return new InstructionText(line, escape)
        {
            Keyword = new Token(text[start..end].TrimEnd(), start),
            Flags = flags,
            Arguments = new Token(text[at..].TrimEnd(), at),
        };
    }

    /// <summary>Takes words while they begin with two hyphens; <c>--</c> alone ends them and is dropped.</summary>
    private static List<Token> TakeFlags(string text, ref int at, char escape)
    {
        var flags = new List<Token>();
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at + 1 >= text.Length || text[at] != '-' || text[at + 1] != '-') return flags;
            var start = at;
            var flag = TakeFlag(text, ref at, escape);
            if (flag == "--") return flags;
            flags.Add(new Token(flag, start));
        }
    }

    private static string TakeFlag(string text, ref int at, char escape)
    {
        var flag = new StringBuilder();
        var quote = '\0';
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (quote == '\0' && char.IsWhiteSpace(c)) break;
            if (c == escape)
            {
                if (at + 1 < text.Length) flag.Append(text[++at]);
            }
            else if (c == quote) quote = '\0';
            else if (quote == '\0' && c is '\'' or '"') quote = c;
            else flag.Append(c);
        }
        return flag.ToString();
    }
}
