using Orchestrator.Cli.Output.Templates;

namespace Orchestrator.Cli.Output;

/// <summary>One field of a listing: its name in templates, its header in tables, its value in a row.</summary>
internal sealed record Column<T>(string Name, string Header, Func<T, string?> Value)
{
    /// <summary>The value is <c>true</c> or <c>false</c>, and templates can ask for it: <c>{{if .Self}}</c>.</summary>
    public bool IsTruth { get; init; }

    /// <summary>As templates and JSON have it.</summary>
    public object Typed(T row) => IsTruth ? Value(row) == "true" : Value(row) ?? TypedJson.Nil;
}
