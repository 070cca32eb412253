using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>POST /containers/{id}/exec; answered by <see cref="IdResponse"/>.</summary>
public sealed record ExecCreateRequest
{
    public string User { get; set; } = "";
    public bool Privileged { get; set; }
    public bool Tty { get; set; }
    public uint[]? ConsoleSize { get; set; }
    public bool AttachStdin { get; set; }
    public bool AttachStderr { get; set; }
    public bool AttachStdout { get; set; }
    public bool? Detach { get; set; }
    public string DetachKeys { get; set; } = "";
    public string[]? Env { get; set; }
    public string WorkingDir { get; set; } = "";
    [JsonConverter(typeof(StringListConverter))] public string[]? Cmd { get; set; }
}

/// <summary>POST /exec/{id}/start; hijacks the connection unless detached.</summary>
public sealed record ExecStartRequest
{
    public bool Detach { get; set; }
    public bool Tty { get; set; }
    public uint[]? ConsoleSize { get; set; }
}

/// <summary>GET /exec/{id}/json.</summary>
public sealed record ExecInspect
{
    public string ID { get; set; } = "";
    public bool Running { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public int? ExitCode { get; set; }
    public ExecProcess ProcessConfig { get; set; } = new();
    public bool OpenStdin { get; set; }
    public bool OpenStderr { get; set; }
    public bool OpenStdout { get; set; }
    public bool CanRemove { get; set; }
    public string ContainerID { get; set; } = "";
    public string DetachKeys { get; set; } = "";
    public int Pid { get; set; }
}

public sealed record ExecProcess
{
    [JsonPropertyName("tty")] public bool Tty { get; set; }
    [JsonPropertyName("entrypoint")] public string Entrypoint { get; set; } = "";
    [JsonPropertyName("arguments")] public string[] Arguments { get; set; } = [];
    [JsonPropertyName("privileged")] public bool? Privileged { get; set; }
    [JsonPropertyName("user")] public string? User { get; set; }
}
