using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>One line of a progress stream: pull, push, load, import, build.</summary>
public sealed record JsonMessage
{
    [JsonPropertyName("stream")] public string? Stream { get; set; }
    [JsonPropertyName("status")] public string? Status { get; set; }
    [JsonPropertyName("progressDetail")] public JsonProgress? ProgressDetail { get; set; }

    /// <summary>The bar as text, for clients that do not draw their own.</summary>
    [JsonPropertyName("progress")] public string? Progress { get; set; }

    /// <summary>Which line of the display this updates: a layer's short ID.</summary>
    [JsonPropertyName("id")] public string? Id { get; set; }

    /// <summary>Set on the last line of a stream that failed after its 200 was sent.</summary>
    [JsonPropertyName("error")] public string? Error { get; set; }
    [JsonPropertyName("errorDetail")] public JsonErrorDetail? ErrorDetail { get; set; }
    [JsonPropertyName("aux")] public JsonElement? Aux { get; set; }
}

public sealed record JsonProgress
{
    [JsonPropertyName("current")] public long? Current { get; set; }
    [JsonPropertyName("total")] public long? Total { get; set; }
}

public sealed record JsonErrorDetail
{
    [JsonPropertyName("code")] public int? Code { get; set; }
    [JsonPropertyName("message")] public string Message { get; set; } = "";
}
