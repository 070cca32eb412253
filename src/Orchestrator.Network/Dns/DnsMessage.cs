using System.Collections.Immutable;

namespace Orchestrator.Network.Dns;

/// <summary>The types we answer. Source: RFC 1035 §3.2.2, RFC 2308, RFC 2782, RFC 3596, RFC 6891.</summary>
internal enum DnsType
{
    A = 1,
    Soa = 6,
    Ptr = 12,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
}

/// <summary>Source: RFC 1035 §4.1.1.</summary>
internal enum DnsCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}

/// <summary>A question as it came, and what of its header an answer repeats.</summary>
/// <param name="Name">Normalized.</param>
/// <param name="Type">The number on the wire; may be one that <see cref="DnsType"/> has no name for.</param>
/// <param name="PayloadSize">Bytes the asker can take by UDP: 512 or what its EDNS record says.</param>
/// <param name="Question">The question section's bytes, repeated verbatim, so that the asker's letter case comes
/// back.</param>
internal sealed record DnsQuery(
    ushort Id, string Name, DnsType Type, int PayloadSize, bool RecursionDesired, bool Edns,
    ImmutableArray<byte> Question);

/// <summary>One record of an answer about the name asked for.</summary>
/// <param name="Value">Address for A and AAAA, name for PTR, port and name with a space between for SRV.</param>
internal sealed record DnsRecord(DnsType Type, string Value, int TtlSeconds);
