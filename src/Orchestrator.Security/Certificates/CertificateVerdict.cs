using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Security;

/// <summary>A peer that is believed, or why it is not.</summary>
public sealed record CertificateVerdict
{
    private CertificateVerdict(PeerIdentity? peer, string? fault)
    {
        Peer = peer;
        Fault = fault;
    }

    public PeerIdentity? Peer { get; }

    public string? Fault { get; }

    [MemberNotNullWhen(true, nameof(Peer))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsTrusted => Peer is not null;

    internal static CertificateVerdict Accept(PeerIdentity peer) => new(peer, null);

    internal static CertificateVerdict Refuse(string fault) => new(null, fault);
}
