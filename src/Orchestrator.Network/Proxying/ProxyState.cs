using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Model;

namespace Orchestrator.Network.Proxying;

/// <summary>All that orch-ingress is to do, as the daemon writes it: the whole of it, every time.</summary>
internal sealed record ProxyState
{
    public static ProxyState Nothing { get; } = new()
    {
        Relays = [], Routes = [], Certificates = ImmutableSortedDictionary<string, string>.Empty,
    };

    public required ImmutableArray<ProxyRelay> Relays { get; init; }

    public required ImmutableArray<ProxyRoute> Routes { get; init; }

    /// <summary>Certificates with their chains and keys, PEM, by what routes call them.</summary>
    public required ImmutableSortedDictionary<string, string> Certificates { get; init; }

    /// <summary>Where routes answer, without and with TLS.</summary>
    public int HttpPort { get; init; } = HttpRoute.HttpPort;

    public int HttpsPort { get; init; } = HttpRoute.HttpsPort;

    /// <summary>Without waiting for connections that are still there.</summary>
    public bool EndsAtOnce { get; init; }

    [JsonIgnore]
    public bool IsEmpty => Relays.IsEmpty && Routes.IsEmpty;
}

/// <summary>A TCP port whose connections begin with a header of the PROXY protocol.</summary>
/// <param name="Backends"><c>address:port</c> of the tasks that are ready.</param>
/// <param name="Draining">Of those that keep the connections they have, and get no more.</param>
internal sealed record ProxyRelay(
    int Port, ImmutableArray<string> Backends, ImmutableArray<string> Draining, bool IsSticky);

/// <summary>What HTTP requests lead where.</summary>
/// <param name="Host">Name, <c>*.suffix</c>, or empty: any.</param>
/// <param name="Path">Prefix in whole segments; <c>/</c>: all.</param>
/// <param name="Certificate">Key of <see cref="ProxyState.Certificates"/>; empty: without TLS.</param>
/// <param name="Backends"><c>address:port</c> of the tasks that are ready.</param>
internal sealed record ProxyRoute(
    string Service, string Host, string Path, string Certificate, ImmutableArray<string> Backends, bool IsSticky)
{
    /// <summary>Tasks are spoken to by HTTP/2, without TLS.</summary>
    public bool IsHttp2 { get; init; }
}

/// <summary>What orch-ingress made of a state.</summary>
/// <param name="Version">Of the state.</param>
/// <param name="Faults">What could not be done of it, in words for the operator.</param>
internal sealed record ProxyStatus(string Version, ImmutableArray<string> Faults);

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(ProxyState))]
[JsonSerializable(typeof(ProxyStatus))]
internal sealed partial class ProxyJson : JsonSerializerContext;
