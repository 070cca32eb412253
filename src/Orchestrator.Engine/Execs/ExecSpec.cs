using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Execs;

/// <summary>A further program to run inside a running container.</summary>
public sealed record ExecSpec
{
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyList<string> Env { get; init; } = [];

    public string WorkingDirectory { get; init; } = "";

    /// <summary>Empty: the container's user.</summary>
    public string User { get; init; } = "";

    public bool Tty { get; init; }

    /// <summary>Of the terminal as it is made; null: the kernel's.</summary>
    public ConsoleSize? ConsoleSize { get; init; }

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; }

    public bool AttachStderr { get; init; }

    public bool Privileged { get; init; }

    public string DetachKeys { get; init; } = "";
}

/// <summary>An exec instance as inspect shows it.</summary>
/// <param name="ExitCode">Null until it has ended.</param>
public sealed record ExecRecord(
    string Id, string ContainerId, ExecSpec Spec, bool Running, int Pid, int? ExitCode);
