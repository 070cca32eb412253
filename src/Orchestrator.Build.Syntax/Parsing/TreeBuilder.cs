using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Sorts instructions into stages.</summary>
internal sealed class TreeBuilder
{
    private readonly List<ArgInstruction> metaArgs = [];
    private readonly List<(FromInstruction From, List<Instruction> Instructions)> stages = [];

    /// <exception cref="DockerfileException">Something else than ARG stands before the first FROM.</exception>
    public void Add(Instruction instruction)
    {
        if (instruction is FromInstruction from) stages.Add((from, []));
        else if (stages.Count > 0) stages[^1].Instructions.Add(instruction);
        else if (instruction is ArgInstruction arg) metaArgs.Add(arg);
        else throw new DockerfileException("no build stage in current context", instruction.Position);
    }

    /// <exception cref="DockerfileException">There is no stage.</exception>
    public Dockerfile ToDockerfile(LineReader reader)
    {
        if (stages.Count == 0)
        {
            throw new DockerfileException(
                metaArgs.Count == 0 ? "file with no instructions" : "dockerfile contains no stages to build",
                new Position(Math.Max(1, reader.LineCount), 1));
        }
        return new Dockerfile
        {
            Directives = reader.Directives,
            MetaArgs = [.. metaArgs],
            Stages = [.. stages.Select((stage, index) => new Stage(index, stage.From, [.. stage.Instructions]))],
            Findings = [.. reader.Findings],
        };
    }
}
