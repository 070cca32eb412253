using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output.Templates;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Host;

internal sealed class EventsCommand : Command
{
    private readonly ListFlag _filter;
    private readonly ValueFlag<string> _format;
    private readonly ValueFlag<string> _since;
    private readonly ValueFlag<string> _until;

    public EventsCommand()
    {
        _filter = Flags.Filter();
        _format = Flags.Format();
        _since = Flags.String("since", null, "Show what came after: a time, or an age such as 42m");
        _until = Flags.String("until", null, "Stop at a time");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override string[] Examples => ["orch events --filter type=container --filter event=die"];

    public override int Run(Session session, List<string> args)
    {
        var now = session.Time.GetUtcNow();
        var query = new Query().Add("since", Timestamps.ToWire(_since.Value, now))
            .Add("until", Timestamps.ToWire(_until.Value, now)).Add(FilterFlags.ToFilters(_filter));
        var template = _format.Value is "" or "json" ? null : Checked(_format.Value);
        using var response = session.Client.Send("GET", $"/events{query}");
        using var reader = new StreamReader(response.Body, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            session.Out.WriteLine(
                _format.Value == "json" ? line : template is null ? Describe(line) : Render(template, line));
            session.Out.Flush();
        }
        return 0;
    }

    /// <summary>Tried with an event of no kind: who waits for events shall not learn of a mistake at the first one.
    /// </summary>
    private static Template Checked(string format)
    {
        try
        {
            Template.Parse(format).Render(TypedJson.Of(
                JsonSerializer.SerializeToElement(new EventMessage(), ApiJson.Wire.EventMessage), ApiJson.Wire.EventMessage));
        }
        catch (TemplateException e) when (!e.IsOfTheData)
        {
            throw new CliException($"Error parsing format: {e.Text}", Entry.TemplateError);
        }
        catch (TemplateException)
        {
            // Events that come may have what this one lacks.
        }
        return Template.Parse(format);
    }

    private static string Render(Template template, string line)
    {
        using var document = JsonDocument.Parse(line);
        return template.Render(TypedJson.Of(document.RootElement, ApiJson.Wire.EventMessage));
    }

    private static string Describe(string line)
    {
        var e = JsonSerializer.Deserialize(line, ApiJson.Wire.EventMessage)!;
        var attributes = string.Join(", ", e.Actor.Attributes.OrderBy(static a => a.Key, StringComparer.Ordinal)
            .Select(static a => $"{a.Key}={a.Value}"));
        return $"{Time(e)} {e.Type} {e.Action} {e.Actor.ID}{(attributes.Length > 0 ? $" ({attributes})" : "")}";
    }

    /// <summary>RFC 3339 with all nine digits.</summary>
    private static string Time(EventMessage e)
    {
        var nanoseconds = e.TimeNano != 0 ? e.TimeNano : e.Time * 1_000_000_000;
        var time = DateTimeOffset.FromUnixTimeSeconds(nanoseconds / 1_000_000_000).ToLocalTime();
        var zone = time.Offset == TimeSpan.Zero ? "Z" : time.ToString("zzz", CultureInfo.InvariantCulture);
        return time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)
            + string.Create(CultureInfo.InvariantCulture, $".{nanoseconds % 1_000_000_000:000000000}{zone}");
    }
}
