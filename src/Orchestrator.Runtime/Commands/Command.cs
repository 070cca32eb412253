using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Commands;

/// <summary>One command of the command line: how it is parsed, what its help says, and what it does.</summary>
/// <param name="Operands">What follows the flags, as the usage line shows it.</param>
/// <param name="Examples">Whole command lines.</param>
/// <param name="Execute">Returns the exit code.</param>
internal sealed record Command(
    string Name, string Operands, string Summary, Option[] Options, string[] Examples, Func<Invocation, int> Execute);

/// <summary>A command with what it was called with.</summary>
internal sealed record Invocation(GlobalOptions Global, StateRoot Root, Arguments Arguments)
{
    /// <summary>The container named by the first word.</summary>
    public Container Container() => Containers.Container.Load(Root, Arguments.Id());
}
