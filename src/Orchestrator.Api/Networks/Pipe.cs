namespace Orchestrator.Api;

/// <summary>GET /pipes; what POST /containers/ID/pipes answers. Not docker's.</summary>
public sealed record Pipe
{
    public string ContainerID { get; set; } = "";

    /// <summary>The container's name.</summary>
    public string Container { get; set; } = "";

    /// <summary>Name inside the container.</summary>
    public string Interface { get; set; } = "";

    /// <summary>What it leads to, as it was asked for.</summary>
    public string HostInterface { get; set; } = "";

    /// <summary><c>bridge</c>, <c>macvlan</c>, <c>physical</c>, <c>dummy</c>, <c>infiniband</c> or <c>openvswitch</c>.</summary>
    public string Kind { get; set; } = "";

    public string HostLink { get; set; } = "";

    /// <summary>Address and gateway are lent by a DHCP server.</summary>
    public bool Dhcp { get; set; }

    /// <summary>Until when, unless it is prolonged; null: nothing is lent.</summary>
    public DateTimeOffset? LeaseExpires { get; set; }

    /// <summary>With prefix length; empty: none was set.</summary>
    public string Address { get; set; } = "";

    public string Gateway { get; set; } = "";

    public string MacAddress { get; set; } = "";

    public string Vlan { get; set; } = "";

    /// <summary><c>up</c>, <c>down</c> while the container does not run, <c>failed</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>Why it failed.</summary>
    public string Fault { get; set; } = "";

    public DateTimeOffset Created { get; set; }
}

/// <summary>POST /containers/ID/pipes: the words of a pipework command line.</summary>
public sealed record PipeRequest
{
    public string HostInterface { get; set; } = "";

    public bool DirectPhys { get; set; }

    /// <summary>Name inside the container; empty: eth1, of InfiniBand ib0.</summary>
    public string Interface { get; set; } = "";

    /// <summary>Name of the host's end; empty: one of the daemon's.</summary>
    public string LocalInterface { get; set; } = "";

    /// <summary>IP/LEN[@GATEWAY], 0/0 or dhcp.</summary>
    public string Address { get; set; } = "";

    /// <summary>[MAC][@VLAN].</summary>
    public string MacAndVlan { get; set; } = "";

    /// <summary>4, 6 or nothing.</summary>
    public string Family { get; set; } = "";
}

/// <summary>POST /containers/ID/network/route, rule or tc: the words after the command's name.</summary>
public sealed record NetworkWordsRequest
{
    public string[] Words { get; set; } = [];

    /// <summary>What it leaves behind is not made again when it is lost.</summary>
    public bool Once { get; set; }
}

/// <summary>GET /pipes/commands: a route, a rule or a piece of traffic control that a container keeps.</summary>
public sealed record KeptCommand
{
    public string ContainerID { get; set; } = "";

    /// <summary>The container's name.</summary>
    public string Container { get; set; } = "";

    /// <summary>Tells it from the container's others.</summary>
    public int Number { get; set; }

    /// <summary><c>route</c>, <c>rule</c> or <c>tc</c>.</summary>
    public string Tool { get; set; } = "";

    public string[] Words { get; set; } = [];

    /// <summary><c>in force</c>, <c>down</c> while the container does not run, <c>failed</c>.</summary>
    public string State { get; set; } = "";
}

public sealed record NetworkWordsResponse
{
    /// <summary>What a list shows, a line each.</summary>
    public string Output { get; set; } = "";
}
