namespace Orchestrator.Cli.Output.Templates;

/// <summary>What is equal, and what comes first: only values of one kind are compared.</summary>
internal static class Comparison
{
    private const string Incompatible = "incompatible types for comparison";

    /// <summary>Equal to one of the others.</summary>
    public static bool IsOneOf(object? value, List<object?> others)
    {
        if (others.Count == 0) throw new TemplateFault("missing argument for comparison");
        return others.Exists(other => AreEqual(value, other));
    }

    /// <summary>Less than 0: the first comes before the second.</summary>
    public static int? Order(object? a, object? b)
    {
        if (!IsBasic(a) || !IsBasic(b)) throw Invalid();
        return (a, b) switch
        {
            (long x, long y) => x.CompareTo(y),
            (double x, double y) => x == y ? 0 : x < y ? -1 : 1,
            (string x, string y) => string.CompareOrdinal(x, y),
            (bool, bool) => throw Invalid(),
            _ => throw new TemplateFault(Incompatible),
        };
    }

    private static TemplateFault Invalid() => new("invalid type for comparison");

    private static bool IsBasic(object? value) => value is long or double or string or bool;

    private static bool IsNil(object? value) => value is null || value == TypedJson.Nil;

    private static bool AreEqual(object? a, object? b)
    {
        if (IsNil(a) || IsNil(b)) return IsNil(a) && IsNil(b);
        if (IsBasic(a) && IsBasic(b))
            return a!.GetType() == b!.GetType() ? a.Equals(b) : throw new TemplateFault(Incompatible);
        if (IsBasic(a) || IsBasic(b)) throw new TemplateFault(Incompatible);
        throw new TemplateFault($"non-comparable type {TemplateValues.Print(b)}: {GoType.Of(b)}");
    }
}
