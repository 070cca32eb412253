namespace Orchestrator.Build.Syntax;

/// <summary>One name of an <c>ARG</c>; both words as written, variables count.</summary>
/// <param name="Default">Null where there is no equals sign: a meta argument of that name is taken in.</param>
public sealed record ArgDefinition(string Name, string? Default);
