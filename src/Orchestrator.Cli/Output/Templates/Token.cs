namespace Orchestrator.Cli.Output.Templates;

internal enum TokenKind
{
    /// <summary>What is wrong with the text from here on; always the last.</summary>
    Error,
    EndOfText,
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    LeftParen,
    RightParen,
    Pipe,
    Assign,
    Declare,
    Character,
    Identifier,
    Field,
    Variable,
    Boolean,
    Number,
    CharConstant,
    String,
    RawString,
    Dot,
    Nil,
    Keyword,
}

/// <param name="Position">Where it begins in the template.</param>
/// <param name="Line">The line of that place, from 1.</param>
/// <param name="Text">As it is written; strings with their quotes.</param>
internal readonly record struct Token(TokenKind Kind, int Position, int Line, string Text)
{
    private const int Shown = 10;

    public bool Is(string keyword) => Kind == TokenKind.Keyword && Text == keyword;

    /// <summary>As errors name it.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.EndOfText => "EOF",
        TokenKind.Error => Text,
        TokenKind.Keyword or TokenKind.Dot or TokenKind.Nil => $"<{Text}>",
        _ when Text.Length > Shown => Output.Text.Quote(Text[..Shown]) + "...",
        _ => Output.Text.Quote(Text),
    };
}
