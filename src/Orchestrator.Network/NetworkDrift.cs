namespace Orchestrator.Network;

/// <summary>Something of this node's network that was not as it should be.</summary>
/// <param name="Place">Whose namespace: <c>host</c>, <c>network web</c>, <c>container db</c>.</param>
/// <param name="Finding">What was wrong: <c>link veth12345678 is gone</c>.</param>
/// <param name="Fault">Why it could not be mended; null: it was, or nobody tried.</param>
public sealed record NetworkDrift(string Place, string Finding, string? Fault = null);
