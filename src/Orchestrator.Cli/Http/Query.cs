using System.Globalization;
using System.Text;
using Orchestrator.Api;

namespace Orchestrator.Cli.Http;

/// <summary>The part of a request's target after the question mark.</summary>
internal sealed class Query
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds a pair; an empty value is left out, as the daemon reads absence the same way.</summary>
    public Query Add(string key, string? value)
    {
        if (string.IsNullOrEmpty(value)) return this;
        _text.Append(_text.Length == 0 ? '?' : '&').Append(key).Append('=').Append(Uri.EscapeDataString(value));
        return this;
    }

    public Query Add(string key, bool value) => Add(key, value ? "1" : null);

    public Query Add(string key, long? value) => Add(key, value?.ToString(CultureInfo.InvariantCulture));

    public Query Add(Filters filters) => Add("filters", filters.IsEmpty ? null : filters.ToJson());

    public override string ToString() => _text.ToString();
}
