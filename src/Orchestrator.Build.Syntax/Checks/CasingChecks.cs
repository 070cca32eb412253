namespace Orchestrator.Build.Syntax.Checks;

/// <summary>One case for all instructions, for <c>FROM … AS</c>, and lower case for stages.</summary>
internal static class CasingChecks
{
    public static void Run(Dockerfile file, FindingSink sink)
    {
        var keywords = file.Stages.SelectMany(stage => stage.Instructions.Prepend(stage.From)).ToList();
        var lower = keywords.Count(instruction => IsLower(instruction.Source.Keyword));
        var isLower = lower > keywords.Count(instruction => IsUpper(instruction.Source.Keyword));
        foreach (var instruction in keywords) CheckKeyword(instruction, isLower, sink);
        foreach (var stage in file.Stages) CheckFrom(stage.From, sink);
    }

    private static void CheckKeyword(Instruction instruction, bool isLower, FindingSink sink)
    {
        var keyword = instruction.Source.Keyword;
        if (isLower ? IsLower(keyword) : IsUpper(keyword)) return;
        sink.Add("ConsistentInstructionCasing", instruction,
            $"Command '{keyword}' should match the case of the command majority ({(isLower ? "lowercase" : "uppercase")})");
    }

    private static void CheckFrom(FromInstruction from, FindingSink sink)
    {
        if (from.WrittenStageName is { } name && !IsLower(name))
            sink.Add("StageNameCasing", from, $"Stage name '{name}' should be lowercase");
        var keyword = from.Source.Keyword;
        if (from.As is not { } word) return;
        if (IsLower(keyword) ? !IsLower(word) : IsUpper(keyword) && !IsUpper(word))
            sink.Add("FromAsCasing", from, $"'{word}' and '{keyword}' keywords' casing do not match");
    }

    private static bool IsLower(string word) => !word.Any(char.IsUpper);

    private static bool IsUpper(string word) => !word.Any(char.IsLower);
}
