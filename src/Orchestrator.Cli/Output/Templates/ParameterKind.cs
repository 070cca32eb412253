namespace Orchestrator.Cli.Output.Templates;

/// <summary>What a function takes at one place.</summary>
/// <param name="GoName">As Go names the type.</param>
/// <param name="LiteralName">As errors about literals do.</param>
/// <param name="Takes">The values that fit.</param>
internal sealed record ParameterKind(string GoName, string LiteralName, Func<object?, bool> Takes)
{
    public static ParameterKind Any { get; } = new("interface {}", "", static _ => true);

    public static ParameterKind Text { get; } = new("string", "string", static v => v is string);

    public static ParameterKind Integer { get; } = new("int", "integer", static v => v is long);

    public static ParameterKind TextList { get; } =
        new("[]string", "", static v => v is null || TemplateValues.IsList(v));

    public bool CanBeNil => Takes(null);

    public object? Check(object? value) => Takes(value) ? value : throw new TemplateFault(value is null
        ? $"invalid value; expected {GoName}"
        : $"wrong type for value; expected {GoName}; got {GoType.Of(value)}");

    public object? CheckLiteral(Literal literal) => Takes(literal.Value) ? literal.Value : throw new TemplateFault(
        LiteralName.Length > 0 ? $"expected {LiteralName}; found {literal}"
            : $"can't handle {literal} for arg of type {GoName}");
}
