namespace Orchestrator.Cli.Output.Templates;

/// <summary>Builds the trees of a template: its own, and those that it defines.</summary>
/// <remarks>Source: pkg.go.dev/text/template, "Actions" and "Nested template definitions".</remarks>
internal sealed class TemplateParser
{
    private readonly TokenReader _reader;
    private readonly Dictionary<string, List<TemplateNode>> _templates = new(StringComparer.Ordinal);
    private PipelineParser _pipelines;
    private int _ranges;

    private TemplateParser(string text, string name)
    {
        _reader = new TokenReader(TemplateLexer.Split(text), name);
        _pipelines = new PipelineParser(_reader);
    }

    /// <summary>Templates by their names; the text's own is the one without.</summary>
    /// <param name="name">For errors: the text's own.</param>
    /// <exception cref="TemplateException">It is no template.</exception>
    public static Dictionary<string, List<TemplateNode>> Parse(string text, string name)
    {
        var parser = new TemplateParser(text, name);
        var nodes = new List<TemplateNode>();
        while (parser._reader.Peek().Kind != TokenKind.EndOfText)
        {
            if (parser.TryDefinition()) continue;
            var node = parser.ParseNode();
            if (node is EndNode) throw parser._reader.Fault($"unexpected {node}");
            nodes.Add(node);
        }
        parser.Add("", nodes);
        return parser._templates;
    }

    private bool TryDefinition()
    {
        const string Where = "define clause";
        var mark = _reader.Mark;
        if (_reader.Next().Kind != TokenKind.LeftDelimiter || !_reader.NextWord().Is("define"))
        {
            _reader.Return(mark);
            return false;
        }
        var (_, name) = _reader.ExpectText(Where);
        _reader.Expect(TokenKind.RightDelimiter, Where);
        Define(name, Where);
        return true;
    }

    /// <summary>What follows, up to its end, is a template of its own: no variable of this one is seen there.</summary>
    private void Define(string name, string where)
    {
        var (outer, ranges) = (_pipelines, _ranges);
        (_pipelines, _ranges) = (new PipelineParser(_reader), 0);
        var nodes = ParseList(out var end);
        if (end.IsElse) throw _reader.Unexpected(new Token(TokenKind.Error, end.Position, 0, end.ToString()), where);
        (_pipelines, _ranges) = (outer, ranges);
        Add(name, nodes);
    }

    private void Add(string name, List<TemplateNode> nodes)
    {
        if (!_templates.TryGetValue(name, out var there) || IsBlank(there)) _templates[name] = nodes;
        else if (!IsBlank(nodes)) throw _reader.Fault($"template: multiple definition of template {Text.Quote(name)}");
    }

    private static bool IsBlank(List<TemplateNode> nodes) =>
        nodes.TrueForAll(static node => node is TextNode text && string.IsNullOrWhiteSpace(text.Text));

    private List<TemplateNode> ParseList(out EndNode end)
    {
        var nodes = new List<TemplateNode>();
        while (_reader.PeekWord().Kind != TokenKind.EndOfText)
        {
            var node = ParseNode();
            if (node is EndNode closing)
            {
                end = closing;
                return nodes;
            }
            nodes.Add(node);
        }
        throw _reader.Fault("unexpected EOF");
    }

    private TemplateNode ParseNode()
    {
        var token = _reader.NextWord();
        if (token.Kind == TokenKind.Text) return new TextNode(token.Position, token.Text);
        if (token.Kind != TokenKind.LeftDelimiter) throw _reader.Unexpected(token, "input");
        _reader.ActionLine = token.Line;
        var node = ParseAction();
        _reader.ActionLine = 0;
        return node;
    }

    private TemplateNode ParseAction()
    {
        var token = _reader.NextWord();
        switch (token.Kind == TokenKind.Keyword ? token.Text : "")
        {
            case "block": return ParseBlock();
            case "break" or "continue": return ParseLeave(token);
            case "else": return ParseElse();
            case "end": return new EndNode(_reader.Expect(TokenKind.RightDelimiter, "end").Position, IsElse: false);
            case "template": return ParseCall();
            case "if" or "with" or "range": return ParseControl(token.Text);
            default:
                _reader.Back();
                return new ActionNode(_pipelines.Parse("command", TokenKind.RightDelimiter));
        }
    }

    private TemplateNode ParseControl(string word)
    {
        var scope = _pipelines.Scope;
        var value = _pipelines.Parse(word, TokenKind.RightDelimiter);
        if (word == "range") _ranges++;
        var then = ParseList(out var end);
        if (word == "range") _ranges--;
        var otherwise = end.IsElse ? ParseOtherwise(word) : [];
        _pipelines.Scope = scope;
        return word switch
        {
            "if" => new IfNode(value, then, otherwise),
            "with" => new WithNode(value, then, otherwise),
            _ => new RangeNode(value, then, otherwise),
        };
    }

    /// <summary>An <c>else if</c> is one more inside the <c>else</c>, ended by the same <c>end</c>; so is
    /// <c>else with</c>.</summary>
    private List<TemplateNode> ParseOtherwise(string word)
    {
        if (word != "range" && _reader.Peek().Is(word))
        {
            _reader.Next();
            return [ParseControl(word)];
        }
        var nodes = ParseList(out var end);
        return end.IsElse ? throw _reader.Fault($"expected end; found {end}") : nodes;
    }

    private EndNode ParseElse()
    {
        var next = _reader.PeekWord();
        if (!next.Is("if") && !next.Is("with")) next = _reader.Expect(TokenKind.RightDelimiter, "else");
        return new EndNode(next.Position, IsElse: true);
    }

    private LeaveNode ParseLeave(Token word)
    {
        var shown = $"{{{{{word.Text}}}}}";
        _reader.Expect(TokenKind.RightDelimiter, shown);
        return _ranges > 0 ? new LeaveNode(word.Position, word.Text == "break")
            : throw _reader.Fault($"{shown} outside {{{{range}}}}");
    }

    private CallNode ParseBlock()
    {
        const string Where = "block clause";
        var (token, name) = _reader.ExpectText(Where);
        var value = _pipelines.Parse(Where, TokenKind.RightDelimiter);
        Define(name, Where);
        return new CallNode(token.Position, name, value);
    }

    private CallNode ParseCall()
    {
        const string Where = "template clause";
        var (token, name) = _reader.ExpectText(Where);
        if (_reader.NextWord().Kind == TokenKind.RightDelimiter) return new CallNode(token.Position, name, null);
        _reader.Back();
        return new CallNode(token.Position, name, _pipelines.Parse(Where, TokenKind.RightDelimiter));
    }
}
