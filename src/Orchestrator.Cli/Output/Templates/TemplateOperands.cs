namespace Orchestrator.Cli.Output.Templates;

/// <summary>Something with a value.</summary>
internal abstract record Operand(int Position) : TemplatePart(Position);

/// <summary>Commands joined by bars: each result is the last argument of the next.</summary>
/// <param name="Variables">Those that take the value; behind <c>range</c> there may be two.</param>
/// <param name="IsDeclaration">They are new, not assigned to.</param>
internal sealed record Pipeline(
    int Position, List<string> Variables, bool IsDeclaration, List<TemplateCommand> Commands) : Operand(Position)
{
    protected override string Shown => (Variables.Count == 0 ? ""
        : $"{string.Join(", ", Variables)} {(IsDeclaration ? ":=" : "=")} ") + string.Join(" | ", Commands);
}

/// <summary>A function with its arguments, or one operand alone.</summary>
internal sealed record TemplateCommand(int Position, List<Operand> Words) : TemplatePart(Position)
{
    protected override string Shown =>
        string.Join(' ', Words.Select(static w => w is Pipeline ? $"({w})" : w.ToString()));
}

/// <param name="Source">As it was written.</param>
/// <param name="Value">Text, a whole or a broken number, or a truth.</param>
internal sealed record Literal(int Position, string Source, object Value) : Operand(Position)
{
    protected override string Shown => Source;
}

internal sealed record NilOperand(int Position) : Operand(Position)
{
    protected override string Shown => "nil";
}

internal sealed record DotOperand(int Position) : Operand(Position)
{
    protected override string Shown => ".";
}

/// <summary>A function's name.</summary>
internal sealed record FunctionOperand(int Position, string Name) : Operand(Position)
{
    protected override string Shown => Name;
}

/// <summary>Fields, each of the one before; the first of the dot.</summary>
internal sealed record FieldOperand(int Position, string[] Path) : Operand(Position)
{
    protected override string Shown => string.Concat(Path.Select(static name => "." + name));
}

/// <param name="Name">With its dollar; the dollar alone is the whole data.</param>
/// <param name="Path">The fields to follow; empty: the variable itself.</param>
internal sealed record VariableOperand(int Position, string Name, string[] Path) : Operand(Position)
{
    protected override string Shown => Name + string.Concat(Path.Select(static name => "." + name));
}

/// <summary>Fields of a result: <c>(index . 0).Name</c>.</summary>
internal sealed record ChainOperand(int Position, Operand Inner, string[] Path) : Operand(Position)
{
    protected override string Shown =>
        (Inner is Pipeline ? $"({Inner})" : Inner.ToString()) + string.Concat(Path.Select(static name => "." + name));
}
