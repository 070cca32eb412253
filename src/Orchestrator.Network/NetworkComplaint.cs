namespace Orchestrator.Network;

/// <summary>One thing that is wrong with a node's network, in words for its operator.</summary>
/// <param name="Place">Whose namespace, or where a way begins.</param>
/// <param name="Mended">It was put right, as asked.</param>
public sealed record NetworkComplaint(string Place, string What, string Remedy, bool Mended);
