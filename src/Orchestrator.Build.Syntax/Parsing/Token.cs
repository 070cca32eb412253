namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>A piece of a line.</summary>
/// <param name="Offset">Of its first character in the <see cref="LogicalLine"/>.</param>
internal readonly record struct Token(string Text, int Offset);
