namespace Orchestrator.Model;

/// <summary>A link of each task's own to something of its host, in pipework's words.</summary>
public sealed record PipeSpec
{
    /// <summary>Bridge, network card, <c>mac:</c> and a card's address, or <c>dummy</c>, on whichever node.</summary>
    public required string HostInterface { get; init; }

    public bool DirectPhys { get; init; }

    /// <summary>Name inside the container; empty: eth1, of InfiniBand ib0.</summary>
    public string Interface { get; init; } = "";

    public string LocalInterface { get; init; } = "";

    /// <summary><c>IP/LEN[@GATEWAY]</c>, with <c>FIRST-LAST/LEN[@GATEWAY]</c> an address for each slot; <c>0/0</c>; or
    /// <c>dhcp</c>.</summary>
    public string Address { get; init; } = "";

    /// <summary><c>[MAC][@VLAN]</c>.</summary>
    public string MacAndVlan { get; init; } = "";

    public string Family { get; init; } = "";

    /// <summary>The addresses that the slots get; null: each gets the same words.</summary>
    public AddressRange? Range => Address.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
        && Address[..slash] is not ("0" or "0.0.0.0") ? AddressRange.Parse(Address[..slash]) : null;

    /// <summary>The words for one slot.</summary>
    /// <returns>Null: there are not so many addresses.</returns>
    public string? AddressOf(ulong slot) => Range is not { Count: > 1 } range ? Address
        : range.At(slot) is { } address ? $"{address}{Address[Address.IndexOf('/', StringComparison.Ordinal)..]}" : null;
}
