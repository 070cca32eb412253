using Orchestrator.Model;

namespace Orchestrator.Agent.Tasks;

/// <summary>What the state machine knows of one task.</summary>
/// <param name="Observed">How far it has come; only grows.</param>
/// <param name="Desired">How far the manager wants it; only grows.</param>
/// <param name="Stopping">A stop was asked of the engine and has not ended yet.</param>
public sealed record TaskView(TaskState Observed, TaskState Desired, bool Stopping = false);

/// <summary>What happens to a task.</summary>
public abstract record TaskEvent
{
    private TaskEvent()
    {
    }

    /// <summary>Taken up, for the first time or after a restart of the daemon.</summary>
    public sealed record Accepted : TaskEvent;

    public sealed record DesiredChanged(TaskState Desired) : TaskEvent;

    /// <summary>Image and container are there.</summary>
    public sealed record Prepared : TaskEvent;

    public sealed record PrepareFailed(string Error) : TaskEvent;

    public sealed record Started(string ContainerId, int Pid) : TaskEvent;

    public sealed record StartFailed(string Error) : TaskEvent;

    /// <summary>The container ended, on its own or because it was stopped.</summary>
    public sealed record Exited(int Code, string Error) : TaskEvent;
}

/// <summary>What the shell is to do; it answers with events.</summary>
public abstract record TaskEffect
{
    private TaskEffect()
    {
    }

    /// <summary>Keep the observed state and tell the dispatcher.</summary>
    public sealed record Report(
        TaskState State, string Message, string Error = "", int ExitCode = 0) : TaskEffect;

    /// <summary>Pull the image and make the container.</summary>
    public sealed record Prepare : TaskEffect;

    public sealed record Start : TaskEffect;

    /// <summary>Ask the container to end, by force if it does not.</summary>
    public sealed record Stop : TaskEffect;

    /// <summary>Break off a prepare or start that is under way.</summary>
    public sealed record Cancel : TaskEffect;
}
