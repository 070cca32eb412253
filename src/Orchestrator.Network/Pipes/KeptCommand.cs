using System.Collections.Immutable;

namespace Orchestrator.Network;

/// <summary>A route, a rule or a piece of traffic control that a container has for as long as it exists.</summary>
/// <param name="Number">Tells it from the container's others.</param>
/// <param name="Tool"><c>route</c>, <c>rule</c> or <c>tc</c>.</param>
/// <param name="Words">Of iproute2, after the tool's name.</param>
public sealed record KeptCommand(int Number, string Tool, ImmutableArray<string> Words)
{
    public override string ToString() => $"{Tool} {string.Join(' ', Words)}";
}

/// <summary>Those of one container, in the order they were given, as they are kept on disk.</summary>
public sealed record KeptCommands(string ContainerId, ImmutableArray<KeptCommand> Commands);
