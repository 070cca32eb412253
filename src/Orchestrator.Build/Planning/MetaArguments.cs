using System.Collections.Immutable;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Planning;

/// <summary>The arguments above the first FROM. Pure.</summary>
internal static class MetaArguments
{
    /// <returns>Their values and those of the platform arguments; null: declared, and without a value.</returns>
    public static ImmutableDictionary<string, string?> Evaluate(Dockerfile dockerfile, BuildInputs inputs)
    {
        var values = PredefinedArgs.Platforms(inputs, inputs.Target);
        foreach (var argument in dockerfile.MetaArgs)
        {
            var before = values;
            var variables = new Variables(name => before.GetValueOrDefault(name), dockerfile.Directives.Escape);
            foreach (var one in argument.Arguments)
            {
                var name = variables.Expand(one.Name, argument.Position);
                values = values.SetItem(name, Value(name, one, variables, argument.Position));
            }
        }

        return values;

        string? Value(string name, ArgDefinition one, Variables variables, Position position) =>
            inputs.BuildArgs.TryGetValue(name, out var given) && given is not null ? given
            : one.Default is { } text ? variables.Expand(text, position) : values.GetValueOrDefault(name);
    }
}
