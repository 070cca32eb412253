using System.Collections.Frozen;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>A function that templates may call.</summary>
/// <param name="Name">As it is called.</param>
/// <param name="Parameters">What it takes at each place.</param>
/// <param name="Body">Its result, from the arguments and the words that they were written as.</param>
internal sealed record TemplateFunction(
    string Name, ParameterKind[] Parameters, Func<List<object?>, List<Operand>, object?> Body)
{
    /// <summary>It takes any number more, of any kind.</summary>
    public bool TakesMore { get; init; }

    /// <summary>The truth that ends it before the arguments do; null: all are looked at first.</summary>
    public bool? StopsAt { get; init; }

    public ParameterKind KindOf(int place) => place < Parameters.Length ? Parameters[place] : ParameterKind.Any;

    public void CheckCount(int given)
    {
        if (TakesMore ? given < Parameters.Length : given != Parameters.Length)
            throw new TemplateFault($"wrong number of args for {Name}: "
                + $"want {(TakesMore ? "at least " : "")}{Parameters.Length} got {given}");
    }
}

/// <summary>Functions by their names.</summary>
internal sealed class TemplateFunctionSet(IEnumerable<TemplateFunction> functions)
{
    private readonly FrozenDictionary<string, TemplateFunction> _byName =
        functions.ToFrozenDictionary(static f => f.Name, StringComparer.Ordinal);

    public TemplateFunction this[string name] => _byName[name];

    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>These, but for the names given others.</summary>
    public TemplateFunctionSet With(IEnumerable<TemplateFunction> others) =>
        new(_byName.Values.ExceptBy(others.Select(static f => f.Name), static f => f.Name).Concat(others));
}
