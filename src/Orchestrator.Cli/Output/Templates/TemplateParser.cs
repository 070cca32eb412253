using System.Globalization;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Builds the tree of a template.</summary>
internal sealed class TemplateParser(List<(bool IsAction, string Text)> parts)
{
    private int _at;

    public List<TemplateNode> ParseAll()
    {
        var nodes = ParseBlock(out var end);
        return end is null ? nodes : throw new TemplateException($"unexpected {{{{{end}}}}}");
    }

    /// <summary>
    /// Nodes up to the <c>end</c> or <c>else</c> that closes the block; null: the end of the template.
    /// </summary>
    private List<TemplateNode> ParseBlock(out string? end)
    {
        var nodes = new List<TemplateNode>();
        while (_at < parts.Count)
        {
            var (isAction, text) = parts[_at++];
            if (!isAction) nodes.Add(new TextNode(text));
            else if (text == "end" || text == "else" || text.StartsWith("else if", StringComparison.Ordinal))
            {
                end = text;
                return nodes;
            }
            else if (!text.StartsWith("/*", StringComparison.Ordinal)) nodes.Add(ParseAction(text));
        }
        end = null;
        return nodes;
    }

    private TemplateNode ParseAction(string text)
    {
        var words = TemplateLexer.Words(text);
        if (words.Count == 0) throw new TemplateException("missing value for command: {{}} is empty");
        switch (words[0])
        {
            case "if":
            {
                var (then, otherwise) = ParseBranches(text);
                return new IfNode(ParsePipeline(words[1..]), then, otherwise);
            }
            case "with":
            {
                var (then, otherwise) = ParseBranches(text);
                return new WithNode(ParsePipeline(words[1..]), then, otherwise);
            }
            case "range":
                return ParseRange(words[1..], text);
            default:
                return words.Count > 2 && words[1] == ":="
                    ? new AssignNode(words[0], ParsePipeline(words[2..]))
                    : new PrintNode(ParsePipeline(words));
        }
    }

    private (List<TemplateNode> Then, List<TemplateNode> Else) ParseBranches(string opener)
    {
        var then = ParseBlock(out var end);
        if (end is null) throw new TemplateException($"{{{{{opener}}}}} is not closed by {{{{end}}}}");
        if (end == "end") return (then, []);
        if (end != "else") return (then, [ParseAction(end[5..])]);
        var otherwise = ParseBlock(out end);
        return end == "end" ? (then, otherwise)
            : throw new TemplateException($"{{{{{opener}}}}} is not closed by {{{{end}}}}");
    }

    private RangeNode ParseRange(List<string> words, string text)
    {
        var assign = words.IndexOf(":=");
        var (body, otherwise) = ParseBranches(text);
        var over = ParsePipeline(words[(assign + 1)..]);
        return assign switch
        {
            1 => new RangeNode(null, words[0], over, body, otherwise),
            3 when words[1] == "," => new RangeNode(words[0], words[2], over, body, otherwise),
            -1 => new RangeNode(null, null, over, body, otherwise),
            _ => throw new TemplateException($"{{{{{text}}}}} is not a range"),
        };
    }

    private static Pipeline ParsePipeline(List<string> words)
    {
        var at = 0;
        var pipeline = ParsePipeline(words, ref at);
        return at == words.Count ? pipeline : throw new TemplateException($"unexpected \"{words[at]}\"");
    }

    private static Pipeline ParsePipeline(List<string> words, ref int at)
    {
        var commands = new List<TemplateCommand>();
        var operands = new List<Operand>();
        for (; at < words.Count && words[at][0] != ')'; at++)
        {
            if (words[at] == "|") Close(commands, ref operands);
            else operands.Add(ParseOperand(words, ref at));
        }
        Close(commands, ref operands);
        return new Pipeline(commands);
    }

    private static void Close(List<TemplateCommand> commands, ref List<Operand> operands)
    {
        if (operands.Count == 0) throw new TemplateException("missing value for command");
        commands.Add(new TemplateCommand(operands));
        operands = [];
    }

    private static Operand ParseOperand(List<string> words, ref int at)
    {
        var word = words[at];
        if (word == "(")
        {
            at++;
            var inner = ParsePipeline(words, ref at);
            if (at >= words.Count) throw new TemplateException("a bracket is not closed");
            return new Nested(inner, Path(words[at][1..]));
        }
        if (word[0] == '"') return new Literal(word[1..]);
        if (word[0] == '.') return new FieldPath(null, Path(word));
        if (word[0] == '$')
        {
            var dot = word.IndexOf('.', StringComparison.Ordinal);
            return dot < 0 ? new FieldPath(word, []) : new FieldPath(word[..dot], Path(word[dot..]));
        }
        if (word is "true" or "false") return new Literal(word == "true");
        if (word == "nil") return new Literal(null);
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return new Literal(number);
        return TemplateFunctions.IsKnown(word)
            ? new FunctionName(word)
            : throw new TemplateException($"function \"{word}\" not defined");
    }

    private static string[] Path(string dotted) => dotted.Split('.', StringSplitOptions.RemoveEmptyEntries);
}
