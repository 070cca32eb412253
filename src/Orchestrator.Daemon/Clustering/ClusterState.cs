using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Linux.Files;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What a node must know to take up its place in the cluster again; <c>swarm/state.json</c>.</summary>
internal sealed record ClusterState
{
    public required string NodeId { get; init; }

    public required string ClusterId { get; init; }

    /// <summary>ADDRESS:PORT that the manager's gRPC server binds.</summary>
    public required string ListenAddress { get; init; }

    /// <summary>Address, without port, that other nodes reach this one at.</summary>
    public required string AdvertiseAddress { get; init; }

    /// <summary>Address that VXLAN packets leave from.</summary>
    public required string DataPathAddress { get; init; }

    /// <summary>Port of <see cref="AdvertiseAddress"/> that managers are dialled at.</summary>
    public int Port { get; init; } = Addresses.DefaultPort;

    /// <summary>HOST:PORT of managers known when this was written.</summary>
    public IReadOnlyList<string> Managers { get; init; } = [];

    /// <summary>This node made the cluster and has not written its first objects yet.</summary>
    public bool Founding { get; init; }

    public string ManagerAddress => Addresses.Join(AdvertiseAddress, Port);

    public static ClusterState? TryLoad(string path) => File.Exists(path)
        ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ClusterStateJson.Default.ClusterState)
        : null;

    public void Save(string path) =>
        DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(this, ClusterStateJson.Default.ClusterState));
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(ClusterState))]
internal sealed partial class ClusterStateJson : JsonSerializerContext;
