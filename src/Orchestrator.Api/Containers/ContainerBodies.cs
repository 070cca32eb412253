using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>POST /containers/{id}/wait: sent when the awaited state is reached.</summary>
public sealed record WaitResponse
{
    public int StatusCode { get; set; }
    public WaitError? Error { get; set; }
}

public sealed record WaitError
{
    public string Message { get; set; } = "";
}

/// <summary>GET /containers/{id}/top: ps's columns, and a row of cells for each process.</summary>
public sealed record TopResponse
{
    public string[] Titles { get; set; } = [];
    public string[][] Processes { get; set; } = [];
}

/// <summary>POST /containers/{id}/update.</summary>
public sealed record ContainerUpdateRequest : Resources
{
    public RestartPolicy? RestartPolicy { get; set; }
}

public sealed record ContainerUpdateResponse
{
    public string[] Warnings { get; set; } = [];
}

/// <summary>One changed path of GET /containers/{id}/changes.</summary>
public sealed record FilesystemChange
{
    public string Path { get; set; } = "";

    /// <summary>0 modified, 1 added, 2 deleted.</summary>
    public int Kind { get; set; }
}

public sealed record ContainersPruneReport
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? ContainersDeleted { get; set; }
    public ulong SpaceReclaimed { get; set; }
}

/// <summary>The body of every create that answers with nothing but an ID.</summary>
public sealed record IdResponse
{
    public string Id { get; set; } = "";
}
