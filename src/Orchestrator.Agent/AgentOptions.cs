namespace Orchestrator.Agent;

public sealed record AgentOptions
{
    /// <summary>Folder for what the agent must know again after a restart.</summary>
    public required string Directory { get; init; }

    /// <summary>Id in this node's certificate.</summary>
    public required string NodeId { get; init; }

    /// <summary>Address, no port, that other nodes reach this one at; its VTEP.</summary>
    public required string AdvertiseAddress { get; init; }

    /// <summary>HOST:PORT of managers to try first; later ones are learnt from the session.</summary>
    public required ImmutableArray<string> Managers { get; init; }

    /// <summary>First wait before another manager is tried; longer by half of it each time up to
    /// <see cref="LongestBackoff"/>, so that a leader elected within seconds is found within another one. None longer
    /// than this when a manager said who leads.</summary>
    public TimeSpan ShortestBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often is looked whether this node's address, or what fits through its links, is another.</summary>
    public TimeSpan UnderlayLook { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a task gets no new connections any more before it is told to stop: every node has heard by
    /// then.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the kernel's network state is compared with what it should be.</summary>
    public TimeSpan NetworkResync { get; init; } = TimeSpan.FromSeconds(60);
}
