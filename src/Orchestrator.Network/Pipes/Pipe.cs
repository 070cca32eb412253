namespace Orchestrator.Network;

/// <summary>A pipe as it is kept on disk: for as long as its container exists, whether that runs or not.</summary>
public sealed record Pipe
{
    public required string ContainerId { get; init; }

    /// <summary>As asked for, with the interface's name filled in.</summary>
    public required PipeConfig Config { get; init; }

    public required PipeKind Kind { get; init; }

    /// <summary>The link on the host: the veth end in the bridge, or the card that was moved, by the name it had there.
    /// Empty: the container's link has no other end.</summary>
    public required string HostLink { get; init; }

    /// <summary>Alias of the card that was moved.</summary>
    public string HostAlias { get; init; } = "";

    /// <summary>Of a card that was moved, its own, which it gets back.</summary>
    public required string Mac { get; init; }

    /// <summary>Kind of the card that was moved, empty for hardware, of which a container can make none; null: on record
    /// from an earlier version.</summary>
    public string? CardKind { get; init; }

    /// <summary>Index of the card inside the container, which nothing else there has; 0: not known yet.</summary>
    public int CardIndex { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Why it could not be restored; empty: it is as it should be.</summary>
    public string Fault { get; init; } = "";

    /// <summary>What a DHCP server lent; null: nothing, or not yet.</summary>
    public DhcpLease? Lease { get; init; }

    internal string Key => KeyOf(ContainerId, Config.InterfaceName);

    internal static string KeyOf(string containerId, string interfaceName) => $"{containerId}-{interfaceName}";
}
