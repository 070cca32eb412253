using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Checks;

/// <summary>What checks want to know of a base image.</summary>
/// <param name="Variables">Names in its environment.</param>
/// <param name="Platform"><c>os/arch</c>, with a variant where it has one.</param>
/// <param name="HasShell">Whether it sets the shell of shell forms.</param>
public sealed record BaseFacts(ImmutableArray<string> Variables, string Platform, bool HasShell = false);
