namespace Orchestrator.Cli.Output.Templates;

/// <summary>A piece of a parsed template; as text, what errors call it.</summary>
/// <param name="Position">Where it begins in the template.</param>
internal abstract record TemplatePart(int Position)
{
    public sealed override string ToString() => Shown;

    protected abstract string Shown { get; }
}

/// <summary>What stands by itself: text, or an action.</summary>
internal abstract record TemplateNode(int Position) : TemplatePart(Position);

internal sealed record TextNode(int Position, string Text) : TemplateNode(Position)
{
    protected override string Shown => Text;
}

/// <summary>Prints its value, or keeps it in a variable.</summary>
internal sealed record ActionNode(Pipeline Value) : TemplateNode(Value.Position)
{
    protected override string Shown => $"{{{{{Value}}}}}";
}

internal sealed record IfNode(Pipeline Condition, List<TemplateNode> Then, List<TemplateNode> Else)
    : TemplateNode(Condition.Position)
{
    protected override string Shown => $"{{{{if {Condition}}}}}";
}

internal sealed record WithNode(Pipeline Value, List<TemplateNode> Then, List<TemplateNode> Else)
    : TemplateNode(Value.Position)
{
    protected override string Shown => $"{{{{with {Value}}}}}";
}

internal sealed record RangeNode(Pipeline Over, List<TemplateNode> Body, List<TemplateNode> Else)
    : TemplateNode(Over.Position)
{
    protected override string Shown => $"{{{{range {Over}}}}}";
}

/// <param name="Value">The dot inside; null: nothing.</param>
internal sealed record CallNode(int Position, string Name, Pipeline? Value) : TemplateNode(Position)
{
    protected override string Shown => $"{{{{template {Text.Quote(Name)}{(Value is null ? "" : $" {Value}")}}}}}";
}

/// <summary><c>break</c> and <c>continue</c>.</summary>
internal sealed record LeaveNode(int Position, bool IsBreak) : TemplateNode(Position)
{
    protected override string Shown => IsBreak ? "{{break}}" : "{{continue}}";
}

/// <summary>Ends a list of nodes; never part of one.</summary>
/// <param name="IsElse">What follows is the other branch.</param>
internal sealed record EndNode(int Position, bool IsElse) : TemplateNode(Position)
{
    protected override string Shown => IsElse ? "{{else}}" : "{{end}}";
}
