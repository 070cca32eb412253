using System.Text;
using System.Text.Json;
using Orchestrator.Runtime.Checks;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>check</c>: what this host's kernel offers, what is missing, and what that costs.</summary>
internal static class CheckCommand
{
    /// <returns>1: no container can run here.</returns>
    public static int Execute(Invocation invocation)
    {
        var isJson = Formats.IsJson(invocation.Arguments);
        var findings = HostCheck.Run();
        return CommandLine.Print(isJson ? Json(findings) : Table(findings), findings.Any(f => f.IsFatal) ? 1 : 0);
    }

    internal static string Table(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        var width = findings.Max(f => f.Name.Length);
        foreach (var area in findings.GroupBy(f => f.Area))
        {
            text.Append(area.Key).Append('\n');
            foreach (var finding in area)
            {
                text.Append($"  {Word(finding.State),-8} {finding.Name.PadRight(width)}  {finding.Detail}\n");
                if (finding.Cost is { } cost)
                    text.Append($"  {"",-8} {"".PadRight(width)}  costs: {cost}\n");
            }
        }

        text.Append(
            findings.Where(f => f.IsFatal).ToArray() is { Length: > 0 } fatal
                ? $"\nNo container can run here without: {string.Join(", ", fatal.Select(f => f.Name))}.\n"
                : $"\nContainers can run here; {findings.Count(f => f.Cost is not null)} things are not as they could be.\n");
        return text.ToString();
    }

    private static string Json(IReadOnlyList<Finding> findings) => StateCommand.Text(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("usable", !findings.Any(f => f.IsFatal));
        json.WriteStartArray("checks");
        foreach (var finding in findings)
            Write(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("area", finding.Area);
        json.WriteString("name", finding.Name);
        json.WriteString("state", Word(finding.State));
        json.WriteString("detail", finding.Detail);
        if (finding.Cost is { } cost)
            json.WriteString("cost", cost);
        json.WriteBoolean("fatal", finding.IsFatal);
        json.WriteEndObject();
    }

    private static string Word(FindingState state) => state switch
    {
        FindingState.Present => "yes",
        FindingState.Partial => "partly",
        _ => "no",
    };
}
