using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Volumes;

namespace Orchestrator.Engine;

/// <summary>The engine's own files. Enumerations by name, so that a later version may add members anywhere.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ContainerRecord))]
[JsonSerializable(typeof(VolumeRecord))]
internal sealed partial class EngineJson : JsonSerializerContext;
