using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Outlines;

/// <summary>The ARGs of a build, each with the value it would have.</summary>
internal static class ArgumentValues
{
    public static ImmutableArray<OutlineArgument> Of(
        Dockerfile file, IEnumerable<Stage> stages, IReadOnlyDictionary<string, string?> given)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = new List<OutlineArgument>();
        foreach (var instruction in file.MetaArgs.Concat(
            stages.SelectMany(stage => stage.Instructions).OfType<ArgInstruction>()))
        {
            foreach (var argument in instruction.Arguments)
            {
                var value = given.GetValueOrDefault(argument.Name)
                    ?? (argument.Default is { } text ? Expand(text) : values.GetValueOrDefault(argument.Name, ""));
                values[argument.Name] = value;
                found.Add(new OutlineArgument(
                    argument.Name, Outliner.DescriptionOf(instruction, argument.Name), value, instruction.Position));
            }
        }
        return [.. found.GroupBy(argument => argument.Name).Select(Together)];

        string Expand(string text)
        {
            try
            {
                return Words.Expand(text, name => values.GetValueOrDefault(name), file.Directives.Escape);
            }
            catch (FormatException)
            {
                return text; // It is the build's to complain of.
            }
        }
    }

    /// <summary>An argument that is taken into a stage is named again there.</summary>
    private static OutlineArgument Together(IGrouping<string, OutlineArgument> same) => same.First() with
    {
        Description = same.FirstOrDefault(one => one.Description.Length > 0)?.Description ?? "",
        Value = same.First().Value.Length > 0 ? same.First().Value : same.Last().Value,
    };
}
