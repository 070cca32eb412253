namespace Orchestrator.Model;

/// <summary>
/// How far one attempt at one slot has come. Observed and desired state only grow, so of two reports the greater is
/// the newer; the gaps leave room for states between. Source: SwarmKit's task model, whose numbers these are.
/// </summary>
#pragma warning disable CA1008 // Zero is New.
public enum TaskState
{
    New = 0,
    /// <summary>Networks and ports are allocated; waits for a node.</summary>
    Pending = 64,
    /// <summary>Has a node; from here the agent owns it.</summary>
    Assigned = 192,
    Accepted = 256,
    /// <summary>Image, networks and volumes are being fetched.</summary>
    Preparing = 320,
    /// <summary>Could start; parked here while that is all the manager wants.</summary>
    Ready = 384,
    /// <summary>Started; waits to be healthy.</summary>
    Starting = 448,
    Running = 512,
    /// <summary>Ended with exit code 0.</summary>
    Complete = 576,
    /// <summary>Stopped because the manager asked.</summary>
    Shutdown = 640,
    /// <summary>Ended with an error after it started.</summary>
    Failed = 704,
    /// <summary>Could not start, or no longer fits its node.</summary>
    Rejected = 768,
    /// <summary>Only desired: forget it once it has stopped.</summary>
    Remove = 800,
    /// <summary>Its node was lost for too long, or removed.</summary>
    Orphaned = 832,
}

public static class TaskStates
{
    /// <summary>Nothing more will happen to a task in this observed state.</summary>
    public static bool IsTerminal(this TaskState state) => state > TaskState.Running;
}
