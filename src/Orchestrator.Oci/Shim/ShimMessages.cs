using System.Text.Json.Serialization;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Oci.Shim;

/// <summary>Life of a container, as runtime-spec and docker count it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ContainerStatus>))]
public enum ContainerStatus
{
    Created,
    Running,
    Paused,
    Stopped,
}

/// <summary>How a process ended. Of a container: also the content of <c>exit</c> in its state directory.</summary>
public sealed record ExitStatus
{
    /// <summary>The exit code; 128 + signal when one killed it; 126 and 127 when it could not be executed.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that killed it, or 0.</summary>
    public int Signal { get; init; }

    public bool OomKilled { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset FinishedAt { get; init; }

    /// <summary>Why it could not start; null if it did.</summary>
    public string? Error { get; init; }
}

/// <summary>
/// What the shim knows of its container; also the content of <c>state.json</c> in the state directory.
/// </summary>
public sealed record ContainerState
{
    public required string Id { get; init; }

    public required ContainerStatus Status { get; init; }

    /// <summary>Pid 1 of the container, as the shim sees it; 0 once reaped.</summary>
    public int Pid { get; init; }

    /// <summary>
    /// Field 22 of /proc/PID/stat of <see cref="Pid"/>: with the boot id, an identity that is never reused.
    /// </summary>
    public ulong PidStartTicks { get; init; }

    public int ShimPid { get; init; }

    public ulong ShimStartTicks { get; init; }

    public string BootId { get; init; } = "";

    public string Bundle { get; init; } = "";

    public string? CgroupsPath { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Set once stopped.</summary>
    public ExitStatus? Exit { get; init; }
}

/// <summary>A process to run inside a running container.</summary>
public sealed record ExecSpec
{
    /// <summary>
    /// As in config.json; what is null of capabilities, rlimits or env is taken from the container's own.
    /// </summary>
    public required ProcessSpec Process { get; init; }

    /// <summary>Keep a standard input open for attach; otherwise it is /dev/null.</summary>
    public bool OpenStdin { get; init; }

    /// <summary>Nobody will attach: output goes to /dev/null. Otherwise the exec's output waits, unread, for the first
    /// attach, so that none is lost between the two calls.</summary>
    public bool Detach { get; init; }

    /// <summary>Every capability the daemon has.</summary>
    public bool Privileged { get; init; }
}

public sealed record ExecStarted(string ExecId, int Pid);

/// <summary>Which streams an attach wants, and of which process.</summary>
/// <param name="ExecId">Null: the container itself.</param>
public sealed record AttachRequest(string? ExecId, bool Stdin, bool Stdout, bool Stderr);

/// <param name="All">Every process of the container, not only pid 1.</param>
public sealed record SignalRequest(int Signal, bool All = false, string? ExecId = null);

public sealed record ResizeRequest(string? ExecId, uint Rows, uint Columns);

/// <summary>Names an exec, or the container itself by null.</summary>
public sealed record ProcessName(string? ExecId);

/// <summary>A refusal of the shim.</summary>
/// <param name="ExitCode">126 or 127 when argv[0] could not be executed, else 1.</param>
public sealed record ShimError(string Message, int ExitCode = 1);

/// <summary>An empty body.</summary>
public sealed record Empty;

/// <summary>Bodies of the shim's wire, of <c>state.json</c> and of <c>exit</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerState))]
[JsonSerializable(typeof(ExitStatus))]
[JsonSerializable(typeof(ExecSpec))]
[JsonSerializable(typeof(ExecStarted))]
[JsonSerializable(typeof(AttachRequest))]
[JsonSerializable(typeof(SignalRequest))]
[JsonSerializable(typeof(ResizeRequest))]
[JsonSerializable(typeof(ProcessName))]
[JsonSerializable(typeof(ShimError))]
[JsonSerializable(typeof(Empty))]
[JsonSerializable(typeof(ContainerStats))]
[JsonSerializable(typeof(ResourcesSpec))]
public sealed partial class ShimJson : JsonSerializerContext;
