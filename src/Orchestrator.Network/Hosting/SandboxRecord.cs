using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Network.Hosting;

/// <summary>All we know of one container, as it is kept on disk: written before the kernel is told.</summary>
internal sealed record SandboxRecord(
    string ContainerId, SandboxConfig Config, ImmutableArray<Endpoint> Endpoints, ImmutableArray<PortBinding> Ports)
{
    /// <summary>The endpoint that leads out; null: there is none.</summary>
    [JsonIgnore]
    public Endpoint? Exit => Endpoints.FirstOrDefault(e => e.Gateway.Length > 0);

    /// <summary>The endpoint that leads out by IPv6.</summary>
    [JsonIgnore]
    public Endpoint? Exit6 => Endpoints.FirstOrDefault(e => e.Gateway6 is { Length: > 0 });

    /// <summary>The endpoint that published ports lead in by; null: there is none.</summary>
    [JsonIgnore]
    public Endpoint? Entry => Endpoints.FirstOrDefault(e => e.Gateway.Length > 0 && !e.IsOutside);

    /// <summary>The same by IPv6.</summary>
    [JsonIgnore]
    public Endpoint? Entry6 => Endpoints.FirstOrDefault(e => e.Gateway6 is { Length: > 0 } && !e.IsOutside);

    /// <summary>Networks whose names the container sees; docker's default bridge has none.</summary>
    [JsonIgnore]
    public IEnumerable<Endpoint> Named => Endpoints.Where(e => e.DnsNames.Length > 0);

    public Endpoint? On(string networkId) => Endpoints.FirstOrDefault(e => e.NetworkId == networkId);

    /// <summary>The lowest <c>ethN</c> that is free.</summary>
    /// <param name="taken">Names of what is no endpoint.</param>
    public string FreeInterfaceName(IEnumerable<string> taken) =>
        Enumerable.Range(0, int.MaxValue).Select(n => $"eth{n}")
            .First(name => Endpoints.All(e => e.InterfaceName != name) && !taken.Contains(name));
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(NetworkConfig))]
[JsonSerializable(typeof(SandboxRecord))]
[JsonSerializable(typeof(ClusterView))]
[JsonSerializable(typeof(Pipe))]
[JsonSerializable(typeof(KeptCommands))]
internal sealed partial class NetworkJson : JsonSerializerContext;
