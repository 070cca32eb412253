namespace Orchestrator.Api;

/// <summary>POST /orch/network/doctor: whether the network is as it should be. Not docker's.</summary>
public sealed record NetworkDiagnosis
{
    /// <summary>Names of those that were looked over, or should have been.</summary>
    public string[] Nodes { get; set; } = [];

    /// <summary>Namespaces that were compared: hosts', overlays', containers'.</summary>
    public int Places { get; set; }

    /// <summary>Other nodes and tasks that were sent packets.</summary>
    public int Probes { get; set; }

    public NetworkComplaint[] Complaints { get; set; } = [];

    /// <summary>Ways between nodes and to tasks, as they were measured.</summary>
    public NetworkPathReport[] Paths { get; set; } = [];
}

/// <summary>One thing that is wrong.</summary>
public sealed record NetworkComplaint
{
    public string Node { get; set; } = "";

    /// <summary>Whose namespace, or which way.</summary>
    public string Place { get; set; } = "";
    public string What { get; set; } = "";
    public string Remedy { get; set; } = "";

    /// <summary>It was put right, as asked.</summary>
    public bool Mended { get; set; }
}

/// <summary>What one way was found to be.</summary>
public sealed record NetworkPathReport
{
    public string Node { get; set; } = "";
    public string From { get; set; } = "";
    public string To { get; set; } = "";

    /// <summary>Share of packets that were not answered, 0 to 1.</summary>
    public double Loss { get; set; }

    /// <summary>Middle of the round trips in microseconds; 0: no answer.</summary>
    public double RoundTripMicroseconds { get; set; }

    /// <summary>Largest packet that came through whole; 0: none.</summary>
    public int Mtu { get; set; }
}
