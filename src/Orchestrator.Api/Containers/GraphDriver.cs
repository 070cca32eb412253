using System.Text.Json.Serialization;

namespace Orchestrator.Api;

public sealed record GraphDriver
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public Dictionary<string, string>? Data { get; set; }
    public string Name { get; set; } = "";
}
