using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>The part of a container that is portable between hosts; an image carries one too.</summary>
public record ContainerConfig
{
    public string Hostname { get; set; } = "";
    public string Domainname { get; set; } = "";
    public string User { get; set; } = "";
    public bool AttachStdin { get; set; }
    public bool AttachStdout { get; set; }
    public bool AttachStderr { get; set; }
    public Dictionary<string, EmptyObject>? ExposedPorts { get; set; }
    public bool Tty { get; set; }
    public bool OpenStdin { get; set; }
    public bool StdinOnce { get; set; }

    /// <summary><c>NAME=value</c>; a bare <c>NAME</c> removes what the image sets.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? Env { get; set; }

    [JsonConverter(typeof(StringListConverter)), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string[]? Cmd { get; set; }

    public HealthConfig? Healthcheck { get; set; }
    public bool? ArgsEscaped { get; set; }
    public string Image { get; set; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, EmptyObject>? Volumes { get; set; }

    public string WorkingDir { get; set; } = "";

    /// <summary>Null takes the image's; a list with one empty string clears it.</summary>
    [JsonConverter(typeof(StringListConverter)), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string[]? Entrypoint { get; set; }

    public bool? NetworkDisabled { get; set; }
    public string? MacAddress { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? OnBuild { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? Labels { get; set; }

    public string? StopSignal { get; set; }

    /// <summary>Seconds between the stop signal and SIGKILL; null: 10.</summary>
    public int? StopTimeout { get; set; }

    [JsonConverter(typeof(StringListConverter))] public string[]? Shell { get; set; }
}
