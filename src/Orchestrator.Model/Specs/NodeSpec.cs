namespace Orchestrator.Model;

public enum NodeRole
{
    Worker = 0,
    Manager = 1,
}

public enum NodeAvailability
{
    Active = 0,
    /// <summary>Keeps its tasks, gets no new ones.</summary>
    Pause = 1,
    /// <summary>Its tasks are moved elsewhere.</summary>
    Drain = 2,
}

public sealed record NodeSpec
{
    public Annotations Annotations { get; init; } = Annotations.Named("");

    public NodeRole DesiredRole { get; init; }

    public NodeAvailability Availability { get; init; }
}
