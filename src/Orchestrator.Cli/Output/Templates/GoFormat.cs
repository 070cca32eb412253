using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Go's <c>printf</c>, for the kinds of values that templates have.</summary>
/// <remarks>Source: pkg.go.dev/fmt, "Printing".</remarks>
internal sealed class GoFormat
{
    private readonly string _format;
    private readonly List<object?> _arguments;
    private readonly StringBuilder _output = new();
    private int _at;
    private int _next = 1;
    private bool _picks; // An index was given, so what is left over is meant to be.

    private GoFormat(string format, List<object?> arguments) => (_format, _arguments) = (format, arguments);

    /// <param name="arguments">The format, then its values.</param>
    public static string Print(string format, List<object?> arguments) => new GoFormat(format, arguments).Run();

    private string Run()
    {
        while (_at < _format.Length)
        {
            var c = _format[_at++];
            if (c == '%') Verb();
            else _output.Append(c);
        }
        if (_next < _arguments.Count && !_picks)
            _output.Append("%!(EXTRA ").AppendJoin(", ", _arguments.Skip(_next).Select(FormatVerb.Named)).Append(')');
        return _output.ToString();
    }

    private void Verb()
    {
        var start = _at;
        while (_at < _format.Length && "+-# 0".Contains(_format[_at], StringComparison.Ordinal)) _at++;
        var flags = _format[start.._at];
        Pick();
        var width = Number();
        if (width < -1) (flags, width) = (flags + "-", -width); // From an argument, it may say: to the left.
        var precision = -1;
        if (_at < _format.Length && _format[_at] == '.')
        {
            _at++;
            Pick();
            precision = Math.Max(0, Number());
        }
        Pick();
        if (_at == _format.Length)
        {
            _output.Append("%!(NOVERB)");
            return;
        }
        var verb = new FormatVerb(_format[_at++], flags, width, precision);
        if (verb.Letter == '%') _output.Append('%');
        else if (_next < _arguments.Count) _output.Append(verb.Apply(_arguments[_next++]));
        else _output.Append("%!").Append(verb.Letter).Append(_picks ? "(BADINDEX)" : "(MISSING)");
    }

    /// <summary>The number of the argument to take next: <c>[2]</c>.</summary>
    private void Pick()
    {
        if (_at == _format.Length || _format[_at] != '[') return;
        var end = _format.IndexOf(']', _at);
        if (end < 0 || Parsed(_at + 1, end) is not { } number) return;
        (_at, _next, _picks) = (end + 1, number < 1 ? _arguments.Count : number, true);
    }

    /// <summary>Digits, or a star for the next argument; -1: neither.</summary>
    private int Number()
    {
        if (_at < _format.Length && _format[_at] == '*')
        {
            _at++;
            return _next < _arguments.Count && _arguments[_next++] is long given ? (int)given : -1;
        }
        var start = _at;
        while (_at < _format.Length && char.IsAsciiDigit(_format[_at])) _at++;
        return Parsed(start, _at) ?? -1;
    }

    private int? Parsed(int start, int end) =>
        int.TryParse(_format.AsSpan(start, end - start), CultureInfo.InvariantCulture, out var number) ? number : null;
}
