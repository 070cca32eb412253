namespace Orchestrator.Network;

/// <summary>What a pipe is in the kernel.</summary>
public enum PipeKind
{
    /// <summary>A veth pair, its host end a port of a bridge.</summary>
    Bridge,

    /// <summary>A macvlan link on a card, or on its VLAN.</summary>
    Macvlan,

    /// <summary>The card, or its VLAN's link, itself.</summary>
    Physical,

    /// <summary>A link that leads nowhere.</summary>
    Dummy,

    /// <summary>An IPoIB link on an InfiniBand card.</summary>
    Infiniband,

    /// <summary>A veth pair, its host end a port of Open vSwitch.</summary>
    OpenVSwitch,
}

internal static class PipeKinds
{
    /// <summary>The host has an end of its own, which is a port of something.</summary>
    public static bool HasHostEnd(this PipeKind kind) => kind is PipeKind.Bridge or PipeKind.OpenVSwitch;
}
