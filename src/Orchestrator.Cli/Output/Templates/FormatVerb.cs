using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>One verb of a format, with what stands between it and its percent sign.</summary>
/// <param name="Width">At least so wide; -1: not said.</param>
/// <param name="Precision">-1: not said.</param>
internal readonly record struct FormatVerb(char Letter, string Flags, int Width, int Precision)
{
    private const int DefaultPrecision = 6;

    /// <summary>A value that no verb asked for.</summary>
    public static string Named(object? value) =>
        value is null ? "<nil>" : $"{GoType.Of(value)}={TemplateValues.Print(value)}";

    public string Apply(object? value)
    {
        if (Letter is not ('v' or 'T') && TemplateValues.IsList(value)) return Each(value);
        var text = Text(value);
        if (value is long or double && text[0] is not ('-' or '%') && Letter is not ('c' or 'q' or 'U' or 'T'))
            text = (Has('+') ? "+" : Has(' ') ? " " : "") + text;
        var length = text.EnumerateRunes().Count();
        if (Width <= length) return text;
        if (Has('-')) return text + new string(' ', Width - length);
        if (!Has('0')) return new string(' ', Width - length) + text;
        return text[0] is '-' or '+' or ' ' ? text[0] + text[1..].PadLeft(Width - 1, '0') : text.PadLeft(Width, '0');
    }

    private string Each(object? list)
    {
        var verb = this;
        return $"[{string.Join(' ', TemplateValues.Items(list).Select(i => verb.Apply(i.Item)))}]";
    }

    private string Text(object? value) => (Letter, value) switch
    {
        ('v', string s) when Has('#') => Output.Text.Quote(s),
        ('v', string s) => Cut(s),
        ('v', _) => TemplateValues.Print(value),
        ('T', _) => GoType.Of(value),
        ('t', bool b) => b ? "true" : "false",
        (_, string s) => OfText(s),
        (_, long n) => OfWhole(n),
        (_, double d) => OfReal(d),
        ('s', not (null or bool)) => TemplateValues.Print(value),
        _ => Wrong(value),
    };

    private string OfText(string text) => Letter switch
    {
        's' => Cut(text),
        'q' when Has('#') && !text.Contains('`', StringComparison.Ordinal) => $"`{Cut(text)}`",
        'q' => Output.Text.Quote(Cut(text)),
        'x' => (Has('#') ? "0x" : "") + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        'X' => (Has('#') ? "0X" : "") + Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
        _ => Wrong(text),
    };

    private string OfWhole(long number) => Letter switch
    {
        'd' => Digits(number, 10),
        'b' => Digits(number, 2),
        'o' => Digits(number, 8, Has('#') ? "0" : ""),
        'O' => Digits(number, 8, "0o"),
        'x' => Digits(number, 16, Has('#') ? "0x" : ""),
        'X' => Digits(number, 16, Has('#') ? "0X" : "").ToUpperInvariant(),
        'c' => Character(number),
        'q' => $"'{Character(number)}'",
        'U' => string.Create(CultureInfo.InvariantCulture, $"U+{number:X4}"),
        _ => Wrong(number),
    };

    private string OfReal(double number) => Letter switch
    {
        'f' or 'F' => number.ToString("F" + OrDefault, CultureInfo.InvariantCulture),
        'e' => GoNumber.Scientific(number, OrDefault),
        'E' => GoNumber.Scientific(number, OrDefault).ToUpperInvariant(),
        'g' => Precision < 0 ? GoNumber.Shortest(number)
            : number.ToString("g" + Math.Max(Precision, 1), CultureInfo.InvariantCulture),
        'G' => GoNumber.Shortest(number).ToUpperInvariant(),
        _ => Wrong(number),
    };

    private int OrDefault => Precision < 0 ? DefaultPrecision : Precision;

    private bool Has(char flag) => Flags.Contains(flag, StringComparison.Ordinal);

    private string Wrong(object? value) => $"%!{Letter}({Named(value)})";

    private string Cut(string text) =>
        Precision < 0 ? text : string.Concat(text.EnumerateRunes().Take(Precision));

    private static string Character(long number) =>
        Rune.IsValid((int)number) ? new Rune((int)number).ToString() : "\uFFFD";

    private string Digits(long number, int radix, string prefix = "")
    {
        var digits = radix == 10 ? Math.Abs((decimal)number).ToString(CultureInfo.InvariantCulture)
            : Convert.ToString(Math.Abs(number), radix);
        return (number < 0 ? "-" : "") + prefix + digits.PadLeft(Math.Max(Precision, 0), '0');
    }
}
