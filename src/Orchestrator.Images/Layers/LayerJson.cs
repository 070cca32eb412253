using System.Text.Json.Serialization;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Layers;

/// <summary>What is on disk about a snapshot besides its folders.</summary>
internal sealed record SnapshotRecord(Digest? ChainId);

[JsonSerializable(typeof(Layer))]
[JsonSerializable(typeof(SnapshotRecord))]
internal sealed partial class LayerJson : JsonSerializerContext;
