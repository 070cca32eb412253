using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;

namespace Orchestrator.Network.Mending;

/// <summary>One namespace with what should be in it, and how that is made: all that differs between host, overlay and
/// container.</summary>
/// <param name="Key">Distinguishes it from all others of this node.</param>
/// <param name="Place">What a person calls it.</param>
internal sealed record Site(string Key, string Place)
{
    /// <summary>Opens its namespace.</summary>
    public required Func<NetNamespace> Enter { get; init; }

    public required Func<WantedSpace> Wanted { get; init; }

    /// <summary>Makes a link that is gone, given its name.</summary>
    public required Func<string, bool> Make { get; init; }

    public bool IsOverlay { get; init; }

    /// <summary>Tables of ours, and how each is stated whole.</summary>
    public ImmutableArray<WantedTable> Tables { get; init; } = [];

    public ImmutableArray<WantedSetting> Settings { get; init; } = [];

    /// <summary>What the kernel does not tell of when it changes: looked at each time.</summary>
    public ImmutableArray<WantedState> States { get; init; } = [];

    /// <summary>Its tables were made in this daemon's time, and need no doubt at first sight.</summary>
    public bool IsTrusted { get; init; }
}

internal sealed record WantedTable(TableId Id, Func<Task> RestateAsync)
{
    /// <summary>A table may be there only as long as something else is, which a pass may end.</summary>
    public Func<bool> IsWanted { get; init; } = () => true;
}

/// <param name="Finding">What is wrong when it does not hold, in words.</param>
internal sealed record WantedState(string Finding, Func<bool> Holds, Action Restore);
