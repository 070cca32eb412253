using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Manager.Dispatching;

/// <summary>
/// Who is on one network, as its nodes are told. Shared by the streams to all of them; what did not change stays the
/// same object.
/// </summary>
internal sealed record NetworkView(
    Network Network,
    ImmutableSortedDictionary<string, P.NetworkEndpoint> Endpoints,
    ImmutableSortedDictionary<string, P.NetworkService> Services);
