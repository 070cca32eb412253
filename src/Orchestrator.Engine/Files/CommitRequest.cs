namespace Orchestrator.Engine.Files;

/// <summary>What <c>commit</c> asks for.</summary>
/// <param name="Reference">The new image's name; null leaves it dangling.</param>
/// <param name="Pause">The container stands still meanwhile, so that its files belong together.</param>
/// <param name="Changes">Dockerfile instructions.</param>
public sealed record CommitRequest(
    string? Reference, string Author, string Message, bool Pause, IReadOnlyList<string> Changes);
