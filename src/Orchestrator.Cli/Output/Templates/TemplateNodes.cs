namespace Orchestrator.Cli.Output.Templates;

/// <summary>A piece of a parsed template.</summary>
internal abstract record TemplateNode;

internal sealed record TextNode(string Text) : TemplateNode;

internal sealed record PrintNode(Pipeline Value) : TemplateNode;

internal sealed record IfNode(Pipeline Condition, List<TemplateNode> Then, List<TemplateNode> Else) : TemplateNode;

internal sealed record WithNode(Pipeline Value, List<TemplateNode> Then, List<TemplateNode> Else) : TemplateNode;

/// <param name="Key">Variable for the index or key; null when there is none.</param>
/// <param name="Item">Variable for the element; null when the dot takes it.</param>
internal sealed record RangeNode(
    string? Key, string? Item, Pipeline Over, List<TemplateNode> Body, List<TemplateNode> Else) : TemplateNode;

internal sealed record AssignNode(string Variable, Pipeline Value) : TemplateNode;

/// <summary>Commands joined by bars: each result is the last argument of the next.</summary>
internal sealed record Pipeline(List<TemplateCommand> Commands);

/// <summary>A function with its arguments, or one operand alone.</summary>
internal sealed record TemplateCommand(List<Operand> Words);

/// <summary>Something with a value.</summary>
internal abstract record Operand;

internal sealed record Literal(object? Value) : Operand;

/// <summary>A function's name; only at the head of a command.</summary>
internal sealed record FunctionName(string Name) : Operand;

/// <param name="Variable">Null: starts at the dot; <c>$</c> is the whole data.</param>
/// <param name="Path">The fields to follow; empty: the start itself.</param>
internal sealed record FieldPath(string? Variable, string[] Path) : Operand;

/// <param name="Path">Fields of the result: <c>(index . 0).Name</c>.</param>
internal sealed record Nested(Pipeline Inner, string[] Path) : Operand;
