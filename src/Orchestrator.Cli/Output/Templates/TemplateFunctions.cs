using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>The functions a template may call: docker's, and those that Go's templates have by themselves.</summary>
/// <remarks>Source: pkg.go.dev/text/template, "Functions"; docs.docker.com, "Format command and log output".</remarks>
internal static class TemplateFunctions
{
    public static TemplateFunctionSet OfData { get; } = new(
    [
        Taking("json", [ParameterKind.Any], static a => TemplateJson.Write(a[0])),
        Taking("join", [ParameterKind.TextList, ParameterKind.Text], static a =>
            string.Join((string)a[1]!, TemplateValues.Items(a[0]).Select(static i => TemplateValues.Print(i.Item)))),
        Taking("split", [ParameterKind.Text, ParameterKind.Text], static a => Split((string)a[0]!, (string)a[1]!)),
        OfText("title", Title),
        OfText("lower", static text => text.ToLowerInvariant()),
        OfText("upper", static text => text.ToUpperInvariant()),
        Taking("pad", [ParameterKind.Text, ParameterKind.Integer, ParameterKind.Integer],
            static a => Pad((string)a[0]!, (long)a[1]!, (long)a[2]!)),
        Taking("truncate", [ParameterKind.Text, ParameterKind.Integer],
            static a => Truncate((string)a[0]!, (long)a[1]!)),

        More("print", 0, static a => Print(a)),
        More("println", 0, static a => string.Join(' ', a.Select(TemplateValues.Print)) + "\n"),
        new("printf", [ParameterKind.Text], static (a, _) => GoFormat.Print((string)a[0]!, a)) { TakesMore = true },
        More("html", 0, static a => TextEscapes.Html(PrintAlone(a))),
        More("js", 0, static a => TextEscapes.Js(PrintAlone(a))),
        More("urlquery", 0, static a => TextEscapes.UrlQuery(PrintAlone(a))),
        Taking("len", [ParameterKind.Any], static a => ListFunctions.Length(a[0])),
        More("index", 1, ListFunctions.Index),
        More("slice", 1, ListFunctions.Slice),
        new("call", [ParameterKind.Any], static (a, words) => NoFunction(a[0], words)) { TakesMore = true },

        More("eq", 1, static a => Comparison.IsOneOf(a[0], a[1..])),
        Taking("ne", [ParameterKind.Any, ParameterKind.Any], static a => !Comparison.IsOneOf(a[0], a[1..])),
        Compared("lt", static order => order < 0),
        Compared("le", static order => order <= 0),
        Compared("gt", static order => order > 0),
        Compared("ge", static order => order >= 0),
        new("and", [ParameterKind.Any], static (a, _) => a[^1]) { TakesMore = true, StopsAt = false },
        new("or", [ParameterKind.Any], static (a, _) => a[^1]) { TakesMore = true, StopsAt = true },
        Taking("not", [ParameterKind.Any], static a => !TemplateValues.IsTrue(a[0])),
    ]);

    /// <summary>For the heads of a table, which stay as they are but for the room around them.</summary>
    public static TemplateFunctionSet OfHeaders { get; } = OfData.With(
    [
        OfText("json", static text => text),
        OfText("title", static text => text),
        OfText("lower", static text => text),
        OfText("upper", static text => text),
        Taking("split", [ParameterKind.Text, ParameterKind.Text], static a => a[0]),
        Taking("join", [ParameterKind.Text, ParameterKind.Text], static a => a[0]),
        Taking("truncate", [ParameterKind.Text, ParameterKind.Integer], static a => a[0]),
    ]);

    public static bool IsKnown(string name) => OfData.Contains(name);

    private static TemplateFunction Taking(string name, ParameterKind[] kinds, Func<List<object?>, object?> body) =>
        new(name, kinds, (arguments, _) => body(arguments));

    private static TemplateFunction OfText(string name, Func<string, string> body) =>
        Taking(name, [ParameterKind.Text], a => body((string)a[0]!));

    private static TemplateFunction More(string name, int least, Func<List<object?>, object?> body) =>
        Taking(name, [.. Enumerable.Repeat(ParameterKind.Any, least)], body) with { TakesMore = true };

    private static TemplateFunction Compared(string name, Func<int, bool> holds) => Taking(
        name, [ParameterKind.Any, ParameterKind.Any], a => Comparison.Order(a[0], a[1]) is { } order && holds(order));

    private static List<object?> Split(string text, string separator) => separator.Length == 0
        ? [.. text.EnumerateRunes().Select(static rune => rune.ToString())]
        : [.. text.Split(separator)];

    private static string Pad(string text, long before, long after) => before < 0 || after < 0
        ? throw new TemplateFault("strings: negative Repeat count")
        : text.Length == 0 ? "" : new string(' ', (int)before) + text + new string(' ', (int)after);

    private static string Truncate(string text, long length) =>
        text.Length < length ? text : length < 0 ? throw ListFunctions.OutOfRange(length) : text[..(int)length];

    /// <summary>The first letter of each word as a capital.</summary>
    private static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        var last = ' ';
        foreach (var c in text)
        {
            title.Append(char.IsLetterOrDigit(last) || last == '_' ? c : char.ToUpperInvariant(c));
            last = c;
        }
        return title.ToString();
    }

    /// <summary>A space between two values when neither is a string: Go's Sprint.</summary>
    private static string Print(List<object?> values, Func<object?, string>? print = null)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0 && values[i] is not string && values[i - 1] is not string) text.Append(' ');
            text.Append((print ?? TemplateValues.Print)(values[i]));
        }
        return text.ToString();
    }

    private static string PrintAlone(List<object?> values) => Print(values, TemplateValues.PrintAlone);

    /// <summary>Nothing that docker shows holds functions, so there is only the error.</summary>
    private static object? NoFunction(object? value, List<Operand> words)
    {
        if (value is null) throw new TemplateFault("call of nil");
        var name = words.Count > 0 ? words[0].ToString() : TemplateValues.Print(value);
        throw new TemplateFault($"non-function {name} of type {GoType.Of(value)}");
    }
}
