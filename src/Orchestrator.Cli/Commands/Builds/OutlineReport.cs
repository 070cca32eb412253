using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Build.Syntax;
using Orchestrator.Build.Syntax.Outlines;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>What <c>--call</c> tells of a Dockerfile, as text and as the JSON of BuildKit's subrequests.</summary>
internal static class OutlineReport
{
    public static void Write(TextWriter writer, IReadOnlyList<OutlineTarget> targets)
    {
        var table = new TableWriter();
        table.Add("TARGET", "DESCRIPTION");
        foreach (var target in targets.Where(static target => target.Name.Length > 0 || target.IsDefault))
            table.Add($"{target.Name}{(target.IsDefault ? " (default)" : "")}".Trim(), target.Description);
        table.WriteTo(writer);
    }

    public static void Write(TextWriter writer, DockerfileOutline outline)
    {
        if (outline.Name.Length > 0) writer.WriteLine($"TARGET:      {outline.Name}");
        if (outline.Description.Length > 0) writer.WriteLine($"DESCRIPTION: {outline.Description}");
        if (outline.Name.Length > 0) writer.WriteLine();
        Write(writer, ["BUILD ARG", "VALUE", "DESCRIPTION"],
            outline.Arguments.Select(static one => new[] { one.Name, one.Value, one.Description }));
        Write(writer, ["SECRET", "REQUIRED"], outline.Secrets.Select(Row));
        Write(writer, ["SSH", "REQUIRED"], outline.Agents.Select(Row));
        Write(writer, ["CACHE"], outline.Caches.Select(static one => new[] { one.Name }));
    }

    public static JsonObject Json(IEnumerable<OutlineTarget> targets, string text) => new()
    {
        ["targets"] = Array(targets, static target => Filled(
            ("name", target.Name), ("default", target.IsDefault ? true : null), ("description", target.Description),
            ("base", target.Base), ("platform", target.Platform), ("location", Location(target.Position)))),
        ["sources"] = Sources(text),
    };

    public static JsonObject Json(DockerfileOutline outline, string text)
    {
        var json = Filled(("name", outline.Name), ("description", outline.Description));
        Add("args", Array(outline.Arguments, static one => Filled(
            ("name", one.Name), ("description", one.Description), ("value", one.Value), ("location", Location(one.Position)))));
        Add("secrets", Array(outline.Secrets, Item));
        Add("ssh", Array(outline.Agents, Item));
        Add("cache", Array(outline.Caches, static one => Filled(("ID", one.Name), ("location", Location(one.Position)))));
        json["sources"] = Sources(text);
        return json;

        void Add(string name, JsonArray list)
        {
            if (list.Count > 0) json[name] = list;
        }
    }

    /// <summary>Where something stands, by lines.</summary>
    public static JsonObject Location(Position position) => new()
    {
        ["ranges"] = new JsonArray(new JsonObject
        {
            ["start"] = new JsonObject { ["line"] = position.Line }, ["end"] = new JsonObject { ["line"] = position.Line },
        }),
    };

    private static JsonArray Sources(string text) => new(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));

    private static JsonObject Item(OutlineItem item) => Filled(
        ("name", item.Name), ("required", item.Required ? true : null), ("location", Location(item.Position)));

    private static string[] Row(OutlineItem item) => [item.Name, item.Required ? "true" : "false"];

    private static void Write(TextWriter writer, string[] head, IEnumerable<string[]> rows)
    {
        var table = new TableWriter();
        table.Add(head);
        var isEmpty = true;
        foreach (var row in rows)
        {
            table.Add(row);
            isEmpty = false;
        }
        if (isEmpty) return;
        table.WriteTo(writer);
        writer.WriteLine();
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonObject> view) =>
        new([.. items.Select(JsonNode (item) => view(item))]);

    /// <summary>As Go leaves out what is empty.</summary>
    private static JsonObject Filled(params ReadOnlySpan<(string Key, JsonNode? Value)> fields)
    {
        var json = new JsonObject();
        foreach (var (key, value) in fields)
        {
            if (value is not null && (value is not JsonValue || value.ToString().Length > 0)) json[key] = value;
        }
        return json;
    }
}
