namespace Orchestrator.Cli.Output;

/// <summary>One field of a listing: its name in templates, its header in tables, its value in a row.</summary>
internal sealed record Column<T>(string Name, string Header, Func<T, string> Value);
