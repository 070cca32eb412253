namespace Orchestrator.Build.Syntax.Checks;

/// <summary>Names of stages and the comments that describe stages and arguments.</summary>
internal static class NameChecks
{
    public static void Run(Dockerfile file, FindingSink sink)
    {
        var seen = new HashSet<string>();
        foreach (var stage in file.Stages)
        {
            if (stage.Name is not { } name) continue;
            if (name is "context" or "scratch")
            {
                sink.Add("ReservedStageName", stage.From,
                    $"Stage name should not use the same name as reserved stage \"{name}\"");
            }
            if (!seen.Add(name))
            {
                sink.Add("DuplicateStageName", stage.From,
                    $"Duplicate stage name \"{name}\", stage names should be unique");
            }
        }
        foreach (var instruction in Instructions.Of(file)) CheckDescription(instruction, sink);
    }

    private static void CheckDescription(Instruction instruction, FindingSink sink)
    {
        List<string> names = instruction switch
        {
            FromInstruction { StageName: { } stage } => [stage],
            ArgInstruction arg => [.. arg.Arguments.Select(argument => argument.Name)],
            _ => [],
        };
        if (names.Count == 0 || instruction.Source.Comments.IsEmpty) return;
        if (names.Contains(instruction.Source.Comments[^1].Split(' ')[0])) return;
        sink.Add("InvalidDefinitionDescription", instruction, $"Comment for {instruction.Name} should follow the format: "
            + $"`# {(names.Count > 1 ? "<arg_key>" : names[0])} <description>`");
    }
}
