using System.Collections.Immutable;

namespace Orchestrator.Network;

/// <summary>Settings of one node's network. The node's network namespace is the one the process runs in.</summary>
public sealed record NodeNetworkOptions
{
    /// <summary>Folder for what survives a reboot: the local networks.</summary>
    public required string DataRoot { get; init; }

    /// <summary>Folder for what dies with the machine: namespaces, sandbox records, the helper's socket.</summary>
    public required string ExecRoot { get; init; }

    /// <summary>Path of the <c>orch-net</c> program.</summary>
    public required string HelperPath { get; init; }

    /// <summary>Path of the <c>orch-ingress</c> program; null: beside the other.</summary>
    public string? ProxyPath { get; init; }

    /// <summary>Of Open vSwitch's database; where there is none the host has no Open vSwitch.</summary>
    public string SwitchSocket { get; init; } = "/run/openvswitch/db.sock";

    /// <summary>Name of the default bridge.</summary>
    public string Bridge { get; init; } = "orch0";

    /// <summary>A node without a default network has none for this: <see cref="NetworkDrivers.None"/>.</summary>
    public bool HasDefaultNetwork => Bridge != NetworkDrivers.None;

    /// <summary>Name of the bridge through which containers of overlays leave the host.</summary>
    public string GatewayBridge { get; init; } = "orchgw0";

    /// <summary>Address with prefix length of the default bridge; null: the one it has, else from the pools.</summary>
    public string? BridgeIp { get; init; }

    /// <summary>CIDR within the default bridge's subnet that containers get addresses from; null: all of it.</summary>
    public string? FixedCidr { get; init; }

    /// <summary>The default bridge has IPv6.</summary>
    public bool IPv6 { get; init; }

    /// <summary>Address with prefix length of the default bridge; null: the first of its subnet.</summary>
    public string? BridgeIp6 { get; init; }

    /// <summary>Subnet of IPv6 of the default bridge, or with <see cref="BridgeIp6"/> the part of it that containers get
    /// addresses from; null: cut from the pools.</summary>
    public string? FixedCidr6 { get; init; }

    /// <summary>Containers on the default bridge may talk to one another.</summary>
    public bool Icc { get; init; } = true;

    /// <summary>What leaves the default bridge has the host's address.</summary>
    public bool IpMasq { get; init; } = true;

    /// <summary>Options of each new bridge network that does not set them itself.</summary>
    public ImmutableDictionary<string, string> NetworkOptions { get; init; } =
        ImmutableDictionary<string, string>.Empty;

    /// <summary>Where subnets of new networks are cut from; those that overlap a route of the host are passed
    /// over.</summary>
    public ImmutableArray<SubnetPool> Pools { get; init; } = SubnetPool.Complete([], Environment.MachineName);

    /// <summary>MTU of local bridges, and of the links between the nodes where nothing else is known.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Largest packet between the nodes; null: as the routes to them have it.</summary>
    public int? UnderlayMtu { get; init; }

    /// <summary>UDP port of the WireGuard tunnel between nodes.</summary>
    public int TunnelPort { get; init; } = Model.ClusterPorts.Tunnel;

    /// <summary>TCP ports of the daemon itself, which no container reaches by its host's addresses.</summary>
    public ImmutableArray<int> OwnPorts { get; init; } = ClusterPorts;

    /// <summary>Of managers, and of nodes that share layers.</summary>
    public static ImmutableArray<int> ClusterPorts { get; } = [Model.ClusterPorts.Manager, Model.ClusterPorts.Peers];

    /// <summary>Resolvers used for containers that name none; empty: those of the host's resolv.conf.</summary>
    public ImmutableArray<string> DnsServers { get; init; } = [];

    /// <summary>How often all of ours is looked at and, where somebody changed it, put right;
    /// <see cref="Timeout.InfiniteTimeSpan"/>: never.</summary>
    public TimeSpan MendInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The SSH server's settings: its ports are never published by the mesh.</summary>
    public string SshConfig { get; init; } = "/etc/ssh/sshd_config";

    /// <summary>File the host's resolvers are read from.</summary>
    public string HostResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>All faults at once, each naming the setting and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var (setting, name) in new[] { ("bridge", Bridge), ("gateway-bridge", GatewayBridge) })
        {
            if (name.Length is 0 or > 15)
                yield return $"{setting} is \"{name}\"; a link's name has 1 to 15 characters.";
        }

        foreach (var fault in Pools.Select(pool => pool.Fault).OfType<string>())
            yield return fault;
        if (Mtu is < 576 or > 65535)
            yield return $"mtu is {Mtu}; set 576 to 65535.";
    }
}
