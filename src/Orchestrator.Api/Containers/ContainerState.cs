namespace Orchestrator.Api;

public sealed record ContainerState
{
    /// <summary><c>created running paused restarting removing exited dead</c>.</summary>
    public string Status { get; set; } = "";
    public bool Running { get; set; }
    public bool Paused { get; set; }
    public bool Restarting { get; set; }
    public bool OOMKilled { get; set; }
    public bool Dead { get; set; }
    public int Pid { get; set; }
    public int ExitCode { get; set; }
    public string Error { get; set; } = "";

    /// <summary>RFC 3339; the zero time when it never started.</summary>
    public string StartedAt { get; set; } = ZeroTime;
    public string FinishedAt { get; set; } = ZeroTime;
    public Health? Health { get; set; }

    public const string ZeroTime = "0001-01-01T00:00:00Z";
}
