namespace Orchestrator.Build.Syntax;

/// <summary>What a build check found: a warning that does not stop the build unless it is asked to.</summary>
/// <param name="Rule">BuildKit's name of the rule, as <c>check=skip=</c> takes it.</param>
public sealed record Finding(string Rule, Position Position, string Message);
