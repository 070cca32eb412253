namespace Orchestrator.Build.Syntax.Checks;

internal static class Instructions
{
    /// <summary>Every instruction of a file, in its order.</summary>
    public static IEnumerable<Instruction> Of(Dockerfile file) =>
        file.MetaArgs.Concat<Instruction>(file.Stages.SelectMany(stage => stage.Instructions.Prepend(stage.From)));
}
