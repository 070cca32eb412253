namespace Orchestrator.Cli.Output.Templates;

/// <summary>Reads what stands inside an action: commands joined by bars, and their operands.</summary>
internal sealed class PipelineParser(TokenReader reader)
{
    private readonly List<string> _variables = ["$"];

    /// <summary>How many variables are known; set back where a block ends.</summary>
    public int Scope
    {
        get => _variables.Count;
        set => _variables.RemoveRange(value, _variables.Count - value);
    }

    /// <param name="where">What it is part of, for errors.</param>
    /// <param name="end">The token that closes it; it is read too.</param>
    public Pipeline Parse(string where, TokenKind end)
    {
        var position = reader.PeekWord().Position;
        var variables = ParseVariables(where, out var isDeclaration);
        var commands = new List<TemplateCommand>();
        for (var token = reader.NextWord(); token.Kind != end; token = reader.NextWord())
        {
            if (!IsOperand(token.Kind)) throw reader.Unexpected(token, where);
            reader.Back();
            commands.Add(ParseCommand());
        }
        Check(commands, where);
        return new Pipeline(position, variables, isDeclaration, commands);
    }

    private static bool IsOperand(TokenKind kind) => kind
        is TokenKind.Boolean or TokenKind.CharConstant or TokenKind.Dot or TokenKind.Field or TokenKind.Identifier
        or TokenKind.Number or TokenKind.Nil or TokenKind.RawString or TokenKind.String or TokenKind.Variable
        or TokenKind.LeftParen;

    private void Check(List<TemplateCommand> commands, string where)
    {
        if (commands.Count == 0) throw reader.Fault($"missing value for {where}");
        for (var i = 1; i < commands.Count; i++)
            if (commands[i].Words[0] is Literal or NilOperand or DotOperand)
                throw reader.Fault($"non executable command in pipeline stage {i + 1}");
    }

    /// <summary>The variables in front: <c>$x :=</c>, <c>$x =</c>, and behind range <c>$i, $x :=</c>.</summary>
    private List<string> ParseVariables(string where, out bool isDeclaration)
    {
        var variables = new List<string>();
        isDeclaration = false;
        while (reader.PeekWord() is { Kind: TokenKind.Variable } variable)
        {
            var mark = reader.Mark;
            reader.NextWord();
            var next = reader.NextWord();
            if (next.Kind is not (TokenKind.Assign or TokenKind.Declare) && !IsComma(next))
            {
                reader.Return(mark);
                break;
            }
            variables.Add(variable.Text);
            _variables.Add(variable.Text);
            isDeclaration = next.Kind == TokenKind.Declare;
            if (!IsComma(next)) break;
            if (where != "range" || variables.Count > 1) throw reader.Fault($"too many declarations in {where}");
            if (reader.PeekWord().Kind != TokenKind.Variable) throw reader.Fault("range can only initialize variables");
        }
        return variables;
    }

    private static bool IsComma(Token token) => token is { Kind: TokenKind.Character, Text: "," };

    private TemplateCommand ParseCommand()
    {
        var words = new List<Operand>();
        var position = reader.PeekWord().Position;
        while (true)
        {
            if (IsOperand(reader.PeekWord().Kind)) words.Add(ParseOperand());
            var token = reader.Next();
            if (token.Kind == TokenKind.Space) continue;
            if (token.Kind is TokenKind.RightDelimiter or TokenKind.RightParen) reader.Back();
            else if (token.Kind != TokenKind.Pipe) throw reader.Unexpected(token, "operand");
            return words.Count > 0 ? new TemplateCommand(position, words) : throw reader.Fault("empty command");
        }
    }

    private Operand ParseOperand()
    {
        var term = ParseTerm(reader.NextWord());
        if (reader.Peek() is not { Kind: TokenKind.Field } first) return term;
        var path = new List<string>();
        while (reader.Peek().Kind == TokenKind.Field) path.Add(reader.Next().Text[1..]);
        return term switch
        {
            FieldOperand field => new FieldOperand(first.Position, [.. field.Path, .. path]),
            VariableOperand variable => new VariableOperand(first.Position, variable.Name, [.. path]),
            Literal or NilOperand or DotOperand =>
                throw reader.Fault($"unexpected . after term {Text.Quote(term.ToString())}"),
            _ => new ChainOperand(first.Position, term, [.. path]),
        };
    }

    private Operand ParseTerm(Token token) => token.Kind switch
    {
        TokenKind.Identifier => TemplateFunctions.IsKnown(token.Text) ? new FunctionOperand(token.Position, token.Text)
            : throw reader.Fault($"function {Text.Quote(token.Text)} not defined"),
        TokenKind.Dot => new DotOperand(token.Position),
        TokenKind.Nil => new NilOperand(token.Position),
        TokenKind.Variable => _variables.Contains(token.Text) ? new VariableOperand(token.Position, token.Text, [])
            : throw reader.Fault($"undefined variable {Text.Quote(token.Text)}"),
        TokenKind.Field => new FieldOperand(token.Position, [token.Text[1..]]),
        TokenKind.Boolean => new Literal(token.Position, token.Text, token.Text == "true"),
        TokenKind.Number => new Literal(token.Position, token.Text,
            GoNumber.TryParse(token.Text, out var number) ? number! : throw reader.Unexpected(token, "operand")),
        TokenKind.CharConstant => new Literal(token.Position, token.Text, Character(token)),
        TokenKind.LeftParen => Parse("parenthesized pipeline", TokenKind.RightParen),
        _ => new Literal(token.Position, token.Text, reader.Unquote(token)),
    };

    private long Character(Token token)
    {
        var runes = reader.Unquote(token).EnumerateRunes().ToArray();
        return runes is [var rune] ? rune.Value : throw reader.Fault($"malformed character constant: {token.Text}");
    }
}
