using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Go's literals of text: with escapes between double quotes, as it stands between back quotes.</summary>
internal static class GoString
{
    public static bool TryUnquote(string literal, out string text)
    {
        text = "";
        if (literal[0] == '`')
        {
            text = literal[1..^1].Replace("\r", "", StringComparison.Ordinal);
            return true;
        }
        var output = new StringBuilder();
        for (var i = 1; i < literal.Length - 1;)
        {
            if (literal[i] != '\\') output.Append(literal[i++]);
            else if (!TryEscape(literal, ref i, literal[0], output)) return false;
        }
        text = output.ToString();
        return true;
    }

    private static bool TryEscape(string literal, ref int i, char quote, StringBuilder output)
    {
        var letter = literal[i + 1];
        i += 2;
        switch (letter)
        {
            case 'x': return TryCode(literal, ref i, 2, 16, output);
            case 'u': return TryCode(literal, ref i, 4, 16, output);
            case 'U': return TryCode(literal, ref i, 8, 16, output);
            case >= '0' and <= '7':
                i--;
                return TryCode(literal, ref i, 3, 8, output);
        }
        var at = "abfnrtv\\".IndexOf(letter, StringComparison.Ordinal);
        if (at < 0 && letter != quote) return false;
        output.Append(at < 0 ? letter : "\a\b\f\n\r\t\v\\"[at]);
        return true;
    }

    private static bool TryCode(string literal, ref int i, int length, int radix, StringBuilder output)
    {
        if (i + length >= literal.Length) return false;
        var code = 0u;
        foreach (var c in literal.AsSpan(i, length))
        {
            if (!char.IsAsciiHexDigit(c)) return false;
            var digit = uint.Parse([c], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (digit >= radix) return false;
            code = code * (uint)radix + digit;
        }
        i += length;
        if (!Rune.IsValid(code)) return false;
        output.Append(new Rune(code));
        return true;
    }
}
