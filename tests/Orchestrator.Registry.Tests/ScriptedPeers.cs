using Orchestrator.Images.Sharing;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>Other nodes, as a test has them behave.</summary>
/// <param name="find">What is answered to a fault of a node: the next node, or null for the registry.</param>
/// <param name="open">What that node then gives from an offset on.</param>
internal sealed class ScriptedPeers(Func<PeerFault, string?, string?> find, Func<string, long, Stream> open)
    : IBlobPeers
{
    public List<(PeerFault Fault, string? Node)> Told { get; } = [];

    public List<(string Node, long Offset)> Opened { get; } = [];

    public List<bool> Ends { get; } = [];

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    public Task<PeerChoice> FindAsync(
        Digest blob, long offset, PeerFault fault, string? failed, CancellationToken cancellationToken)
    {
        Told.Add((fault, failed));
        var next = find(fault, failed);
        return Task.FromResult(new PeerChoice(next is null ? null : new PeerSource(next, "", Patience)));
    }

    public Task<Stream> OpenAsync(
        PeerSource source, Digest blob, long offset, long size, CancellationToken cancellationToken)
    {
        Opened.Add((source.Node, offset));
        return Task.FromResult(open(source.Node, offset));
    }

    public void Ended(Digest blob, long size, bool isWhole) => Ends.Add(isWhole);
}
