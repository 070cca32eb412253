using System.Collections.Frozen;
using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Cuts a template into tokens: text as it stands, and the words of its actions.</summary>
/// <remarks>Source: pkg.go.dev/text/template, "Text and spaces" and "Arguments".</remarks>
internal sealed class TemplateLexer
{
    private const string Open = "{{";
    private const string Close = "}}";
    private const int TrimMarker = 2; // "- " behind the one, " -" before the other.

    private static readonly FrozenSet<string> Keywords = FrozenSet.Create(
        "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with");

    private readonly string _template;
    private readonly List<Token> _tokens = [];
    private int _start;
    private int _at;
    private int _line = 1;
    private int _brackets;

    private TemplateLexer(string template) => _template = template;

    private enum Place
    {
        Text,
        Action,
        End,
    }

    /// <summary>All tokens; the last is the end of the text, or an error.</summary>
    public static List<Token> Split(string template)
    {
        var lexer = new TemplateLexer(template);
        for (var place = Place.Text; place != Place.End;)
            place = place == Place.Text ? lexer.ReadText() : lexer.ReadWord();
        return lexer._tokens;
    }

    private Place ReadText()
    {
        var open = _template.IndexOf(Open, _at, StringComparison.Ordinal);
        var trims = open >= 0 && Has(open + Open.Length, "-") && IsSpace(open + Open.Length + 1);
        _at = open < 0 ? _template.Length : open;
        while (trims && _at > _start && IsSpace(_at - 1)) _at--;
        if (_at > _start) Emit(TokenKind.Text);
        if (open < 0) return Emit(TokenKind.EndOfText, Place.End);

        SkipTo(open);
        var body = open + Open.Length + (trims ? TrimMarker : 0);
        if (Has(body, "/*")) return ReadComment(body);
        _at = open + Open.Length;
        Emit(TokenKind.LeftDelimiter);
        SkipTo(body);
        _brackets = 0;
        return Place.Action;
    }

    private Place ReadComment(int body)
    {
        var end = _template.IndexOf("*/", body, StringComparison.Ordinal);
        if (end < 0) return Fault("unclosed comment");
        _at = end + 2;
        return IsClosing(out var trims) ? ReadClose(trims, isComment: true)
            : Fault("comment ends before closing delimiter");
    }

    private bool IsClosing(out bool trims)
    {
        trims = IsSpace(_at) && Has(_at + 1, "-" + Close);
        return trims || Has(_at, Close);
    }

    private Place ReadClose(bool trims, bool isComment)
    {
        if (trims) _at += TrimMarker;
        if (!isComment) SkipTo(_at);
        _at += Close.Length;
        if (!isComment) Emit(TokenKind.RightDelimiter);
        while (trims && IsSpace(_at)) _at++;
        SkipTo(_at);
        return Place.Text;
    }

    private Place ReadWord()
    {
        if (IsClosing(out var trims))
            return _brackets == 0 ? ReadClose(trims, isComment: false) : Fault("unclosed left paren");
        if (_at == _template.Length) return Fault("unclosed action");
        if (IsSpace(_at)) return ReadSpace();
        var c = _template[_at];
        return c switch
        {
            '=' => Take(1, TokenKind.Assign),
            ':' => Has(_at + 1, "=") ? Take(2, TokenKind.Declare) : Fault("expected :="),
            '|' => Take(1, TokenKind.Pipe),
            '(' => ReadBracket(1, TokenKind.LeftParen),
            ')' => ReadBracket(-1, TokenKind.RightParen),
            '"' => ReadQuoted('"', TokenKind.String, "unterminated quoted string"),
            '\'' => ReadQuoted('\'', TokenKind.CharConstant, "unterminated character constant"),
            '`' => ReadRaw(),
            '$' => ReadName(TokenKind.Variable, TokenKind.Variable),
            '.' when !IsDigit(_at + 1) => ReadName(TokenKind.Field, TokenKind.Dot),
            '.' or '+' or '-' or (>= '0' and <= '9') => ReadNumber(),
            _ when IsWordCharacter(_at) => ReadIdentifier(),
            > ' ' and < '\x7f' => Take(1, TokenKind.Character),
            _ => Fault($"unrecognized character in action: {Named(_at)}"),
        };
    }

    private Place ReadSpace()
    {
        while (IsSpace(_at) && !IsClosing(out _)) _at++;
        return Emit(TokenKind.Space);
    }

    private Place ReadBracket(int change, TokenKind kind)
    {
        _brackets += change;
        return _brackets < 0 ? Fault("unexpected right paren") : Take(1, kind);
    }

    private Place ReadQuoted(char quote, TokenKind kind, string fault)
    {
        for (_at++; _at < _template.Length && _template[_at] != '\n'; _at++)
        {
            if (_template[_at] == quote) return Take(1, kind);
            if (_template[_at] == '\\') _at++;
        }
        return Fault(fault);
    }

    private Place ReadRaw()
    {
        var end = _template.IndexOf('`', _at + 1);
        return end < 0 ? Fault("unterminated raw quoted string") : Take(end + 1 - _at, TokenKind.RawString);
    }

    /// <summary>A name behind its dot or dollar, which may stand alone.</summary>
    private Place ReadName(TokenKind kind, TokenKind alone)
    {
        _at++;
        if (IsEndOfName()) return Emit(alone);
        while (IsWordCharacter(_at)) _at++;
        return IsEndOfName() ? Emit(kind) : Fault($"bad character {Named(_at)}");
    }

    private Place ReadIdentifier()
    {
        while (IsWordCharacter(_at)) _at++;
        if (!IsEndOfName()) return Fault($"bad character {Named(_at)}");
        var word = _template[_start.._at];
        return Emit(Keywords.Contains(word) ? TokenKind.Keyword
            : word is "true" or "false" ? TokenKind.Boolean
            : word == "nil" ? TokenKind.Nil : TokenKind.Identifier);
    }

    private Place ReadNumber()
    {
        _at++;
        while (IsWordCharacter(_at) || Has(_at, ".") || Has(_at, "+") || Has(_at, "-")) _at++;
        var text = _template[_start.._at];
        if (GoNumber.TryParse(text, out _)) return Emit(TokenKind.Number);
        var fault = text.All(char.IsAsciiDigit) ? "integer overflow" : "bad number syntax";
        return Fault($"{fault}: {Output.Text.Quote(text)}");
    }

    private Place Take(int length, TokenKind kind)
    {
        _at += length;
        return Emit(kind);
    }

    private Place Emit(TokenKind kind, Place next = Place.Action)
    {
        _tokens.Add(new Token(kind, _start, _line, _template[_start.._at]));
        SkipTo(_at);
        return next;
    }

    private Place Fault(string message)
    {
        _tokens.Add(new Token(TokenKind.Error, _start, _line, message));
        return Place.End;
    }

    private void SkipTo(int position)
    {
        _line += _template.AsSpan(_start, position - _start).Count('\n');
        (_start, _at) = (position, position);
    }

    private bool Has(int at, string what) => string.CompareOrdinal(_template, at, what, 0, what.Length) == 0;

    private bool IsSpace(int at) => at < _template.Length && _template[at] is ' ' or '\t' or '\r' or '\n';

    private bool IsDigit(int at) => at < _template.Length && char.IsAsciiDigit(_template[at]);

    private bool IsWordCharacter(int at) =>
        at < _template.Length && (_template[at] == '_' || char.IsLetterOrDigit(_template[at]));

    private bool IsEndOfName() => _at == _template.Length || IsSpace(_at) || Has(_at, Close)
        || _template[_at] is '.' or ',' or '|' or ':' or '(' or ')';

    /// <summary>Go's <c>%#U</c>.</summary>
    private string Named(int at) =>
        Rune.TryGetRuneAt(_template, at, out var rune) ? $"U+{rune.Value:X4} '{rune}'" : $"U+{(int)_template[at]:X4}";
}
