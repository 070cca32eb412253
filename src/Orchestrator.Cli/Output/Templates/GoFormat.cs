using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Go's <c>printf</c>, for the kinds of values that templates have.</summary>
/// <remarks>Source: pkg.go.dev/fmt, "Printing". Not there: argument indexes and <c>*</c>.</remarks>
internal static class GoFormat
{
    /// <param name="arguments">The format, then its values.</param>
    public static string Print(string format, List<object?> arguments)
    {
        var output = new StringBuilder();
        var next = 1;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%') output.Append(format[i]);
            else if (++i == format.Length) output.Append("%!(NOVERB)");
            else if (format[i] == '%') output.Append('%');
            else
            {
                var verb = Verb.Read(format, ref i);
                output.Append(next < arguments.Count ? verb.Apply(arguments[next]) : $"%!{verb.Letter}(MISSING)");
                next++;
            }
        }
        if (next < arguments.Count)
            output.Append("%!(EXTRA ").AppendJoin(", ", arguments.Skip(next).Select(
                static a => $"{TypeName(a)}={TemplateValues.Print(a)}")).Append(')');
        return output.ToString();
    }

    private static string TypeName(object? value) => value switch
    {
        string => "string",
        bool => "bool",
        double d => d == Math.Floor(d) ? "int" : "float64",
        null => "<nil>",
        _ => "map[string]interface {}",
    };

    private readonly record struct Verb(char Letter, string Flags, int Width, int Precision)
    {
        public static Verb Read(string format, ref int i)
        {
            var start = i;
            while (i < format.Length && "+-# 0".Contains(format[i], StringComparison.Ordinal)) i++;
            var flags = format[start..i];
            var width = Number(format, ref i);
            var precision = -1;
            if (i < format.Length && format[i] == '.')
            {
                i++;
                precision = Math.Max(0, Number(format, ref i));
            }
            return new Verb(i < format.Length ? format[i] : '!', flags, width, precision);
        }

        public string Apply(object? value)
        {
            var text = Text(value);
            if (Flags.Contains('+', StringComparison.Ordinal) && value is double and >= 0 && Letter is 'd' or 'f') text = "+" + text;
            if (Width <= text.Length) return text;
            if (Flags.Contains('-', StringComparison.Ordinal)) return text.PadRight(Width);
            if (!Flags.Contains('0', StringComparison.Ordinal)) return text.PadLeft(Width);
            return text[0] is '-' or '+' ? text[0] + text[1..].PadLeft(Width - 1, '0') : text.PadLeft(Width, '0');
        }

        private string Text(object? value) => (Letter, value) switch
        {
            ('s' or 'v', _) => Cut(TemplateValues.Print(value)),
            ('q', _) => Output.Text.Quote(Cut(TemplateValues.Print(value))),
            ('T', _) => TypeName(value),
            ('t', bool b) => b ? "true" : "false",
            ('d', double d) => TemplateValues.Print(Math.Truncate(d)),
            ('d', string s) when long.TryParse(s, CultureInfo.InvariantCulture, out _) => s,
            ('x', double d) => ((long)d).ToString("x", CultureInfo.InvariantCulture),
            ('X', double d) => ((long)d).ToString("X", CultureInfo.InvariantCulture),
            ('x', string s) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(s)),
            ('X', string s) => Convert.ToHexString(Encoding.UTF8.GetBytes(s)),
            ('f', double d) => d.ToString("F" + (Precision < 0 ? 6 : Precision), CultureInfo.InvariantCulture),
            ('g', double d) => TemplateValues.Print(d),
            ('c', double d) => ((Rune)(int)d).ToString(),
            _ => $"%!{Letter}({TypeName(value)}={TemplateValues.Print(value)})",
        };

        private string Cut(string text) => Precision >= 0 && Precision < text.Length ? text[..Precision] : text;

        private static int Number(string format, ref int i)
        {
            var start = i;
            while (i < format.Length && char.IsAsciiDigit(format[i])) i++;
            return i == start ? -1 : int.Parse(format.AsSpan(start, i - start), CultureInfo.InvariantCulture);
        }
    }
}
