using System.Text.Json;
using Orchestrator.Cli.Output.Templates;

namespace Orchestrator.Cli.Output;

/// <summary>Rows of one kind, printed as <c>--format</c> asks: a table, JSON lines, or a template.</summary>
/// <param name="table">The fields of the default table, in order; a cell may be a template instead.</param>
internal sealed class Listing<T>(string[] table, params Column<T>[] columns)
{
    /// <summary>The field that <c>--quiet</c> prints.</summary>
    public string QuietField { get; init; } = "ID";

    /// <summary>Fields that take an argument: <c>{{.Label "zone"}}</c>.</summary>
    public Func<T, string, string, string?>? Lookup { get; init; }

    /// <summary>What <c>--format raw</c> prints of a row, and of a quiet one.</summary>
    public string? Raw { get; init; }

    public string? RawQuiet { get; init; }

    /// <exception cref="CliException">The format is no template, or names a field that is not there.</exception>
    public void Write(TextWriter writer, IEnumerable<T> rows, string format = "", bool quiet = false)
    {
        try
        {
            if (format == "raw") format = (quiet ? RawQuiet : Raw) ?? format;
            WriteAs(writer, rows, format, quiet);
        }
        catch (TemplateException e)
        {
            throw new CliException(e.Message, e);
        }
    }

    /// <summary>Whether a template fits, before anything is asked of the daemon: an error does not need a row.</summary>
    /// <exception cref="CliException">It does not.</exception>
    public void Check(string format)
    {
        try
        {
            Template.Parse(format).Render(new Row(this, default, RowKind.Trial));
        }
        catch (TemplateException e)
        {
            if (e.IsOfTheData) return;
            throw new CliException($"failed to {(e.Rendered is null ? "parse" : "execute")} template: {e.Text}", e);
        }
    }

    /// <summary>The rows as templates see them.</summary>
    public List<object?> Data(IEnumerable<T> rows) =>
        [.. rows.Select(row => new Row(this, row, RowKind.Data))];

    private void WriteAs(TextWriter writer, IEnumerable<T> rows, string format, bool quiet)
    {
        if (quiet && format.Length == 0) format = "{{." + QuietField + "}}";
        if (format is "" or "table")
            WriteTable(writer, rows, string.Join('\t', table.Select(Cell)));
        else if (format.StartsWith("table", StringComparison.Ordinal))
            WriteTable(writer, rows, Unescape(format["table".Length..].Trim(' ')));
        else if (format == "json") foreach (var row in rows) WriteJson(writer, row);
        else WriteTemplate(writer, rows, Unescape(format));
    }

    private static string Cell(string field) =>
        field.Contains('{', StringComparison.Ordinal) ? field : "{{." + field + "}}";

    private void WriteTable(TextWriter writer, IEnumerable<T> rows, string text)
    {
        var template = Template.Parse(text);
        var lines = new TableWriter();
        lines.Add(template.Render(new Row(this, default, RowKind.Header), isHeader: true));
        foreach (var row in rows) lines.Add(template.Render(new Row(this, row, RowKind.Data)));
        lines.WriteTo(writer);
    }

    private void WriteTemplate(TextWriter writer, IEnumerable<T> rows, string text)
    {
        var template = Template.Parse(text);
        foreach (var row in rows) writer.Write(template.Render(new Row(this, row, RowKind.Data)) + "\n");
    }

    private void WriteJson(TextWriter writer, T row)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, JsonText.LineOptions))
        {
            json.WriteStartObject();
            foreach (var column in columns.OrderBy(static c => c.Name, StringComparer.Ordinal))
            {
                if (column.IsTruth) json.WriteBoolean(column.Name, column.Value(row) == "true");
                else json.WriteString(column.Name, column.Value(row)); // Null where there is nothing of the kind.
            }
            json.WriteEndObject();
        }
        writer.Write(JsonText.EscapeHtml(System.Text.Encoding.UTF8.GetString(stream.ToArray())) + "\n");
    }

    /// <summary>Shells make <c>\t</c> in a format hard to type as a tab, so the two characters mean one.</summary>
    private static string Unescape(string format) =>
        format.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);

    private enum RowKind
    {
        Data,
        Header,
        Trial,
    }

    private sealed record Row(Listing<T> Listing, T? Value, RowKind Kind) : ITemplateObject
    {
        private bool HasData => Kind == RowKind.Data;

        public object? Get(string name, List<object?> arguments)
        {
            var column = Array.Find(Listing.Columns, c => c.Name == name);
            if (column is not null)
            {
                if (arguments.Count > 0)
                    throw new FieldFault($"wrong number of args for {name}: want 0 got {arguments.Count}");
                return HasData ? column.Typed(Value!) : column.Header;
            }
            if (arguments is [string key] && Listing.Lookup is { } lookup)
            {
                if (!HasData) return key[(key.LastIndexOf('.') + 1)..];
                if (lookup(Value!, name, key) is { } found) return found;
            }
            if (Kind == RowKind.Header) return null; // The first row says what is wrong.
            throw new FieldFault($"can't evaluate field {name}: there are "
                + string.Join(", ", Listing.Columns.Select(static c => c.Name)));
        }

        public IEnumerable<KeyValuePair<string, object?>> Fields =>
            Listing.Columns.OrderBy(static c => c.Name, StringComparer.Ordinal)
                .Select(c => new KeyValuePair<string, object?>(c.Name, HasData ? c.Typed(Value!) : c.Header));
    }

    private Column<T>[] Columns => columns;
}
