using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>The body of every answer that is not a success.</summary>
public sealed record ErrorBody
{
    [JsonPropertyName("message")] public string Message { get; set; } = "";
}
