namespace Orchestrator.Cli.Output.Templates;

/// <summary>The tokens of a template, one after the other, and the words for what is wrong with them.</summary>
internal sealed class TokenReader(List<Token> tokens, string name)
{
    private int _at;
    private int _line = 1;

    /// <summary>The line where the action began that is being read, for what is found unfinished; 0: none is.</summary>
    public int ActionLine { get; set; }

    public Token Next()
    {
        var token = tokens[Math.Min(_at++, tokens.Count - 1)];
        _line = Math.Max(_line, token.Line);
        return token;
    }

    public Token Peek()
    {
        var token = Next();
        Back();
        return token;
    }

    /// <summary>The next that is no space.</summary>
    public Token NextWord()
    {
        Token token;
        do token = Next();
        while (token.Kind == TokenKind.Space);
        return token;
    }

    public Token PeekWord()
    {
        var token = NextWord();
        Back();
        return token;
    }

    public void Back() => _at--;

    public int Mark => _at;

    public void Return(int mark) => _at = mark;

    /// <exception cref="TemplateException">The next word is none of that kind.</exception>
    public Token Expect(TokenKind kind, string where)
    {
        var token = NextWord();
        return token.Kind == kind ? token : throw Unexpected(token, where);
    }

    /// <exception cref="TemplateException">The next word is no text in quotes.</exception>
    public (Token Token, string Text) ExpectText(string where)
    {
        var token = NextWord();
        if (token.Kind is not (TokenKind.String or TokenKind.RawString)) throw Unexpected(token, where);
        return (token, Unquote(token));
    }

    public string Unquote(Token token) =>
        GoString.TryUnquote(token.Text, out var text) ? text : throw Fault("invalid syntax");

    public TemplateException Fault(string message) => new($"template: {name}:{_line}: {message}");

    public TemplateException Unexpected(Token token, string where)
    {
        if (token.Kind != TokenKind.Error) return Fault($"unexpected {token} in {where}");
        var isElsewhere = ActionLine != 0 && ActionLine != token.Line;
        var started = token.Text.EndsWith(" action", StringComparison.Ordinal) ? "started" : "in action started";
        return Fault(isElsewhere ? $"{token} {started} at :{ActionLine}" : token.ToString());
    }
}
