using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Orchestrator.Agent.Sessions;
using Orchestrator.Manager;
using Orchestrator.Model;
using Orchestrator.Security;

namespace Orchestrator.Daemon.Clustering;

/// <summary>Channels to managers, one each, with this node's certificate; kept for as long as the membership.</summary>
internal sealed class ManagerChannels(IdentitySource identity, TimeProvider time)
    : IManagerChannels, ILeaderChannels, IDisposable
{
    /// <summary>Snapshots and long lists of tasks are larger than gRPC's usual 4 MiB.</summary>
    public const int MaxMessageBytes = 64 << 20;

    private readonly ConcurrentDictionary<string, Lazy<GrpcChannel>> channels = new();

    public GrpcChannel Channel(string address) => channels.GetOrAdd(
        address, a => new(() => Open(a, ClusterHandlers.Mutual(identity, time, NodeRole.Manager)))).Value;

    CallInvoker IManagerChannels.Get(string address) => Channel(address).CreateCallInvoker();

    CallInvoker ILeaderChannels.Get(string address) => Channel(address).CreateCallInvoker();

    /// <summary>
    /// A channel of the caller's own, which it shuts down: raft keeps its lanes apart from all other traffic.
    /// </summary>
    public ChannelBase Dial(string address)
    {
        var handler = ClusterHandlers.Mutual(identity, time, NodeRole.Manager);
        // A cut that heals should be noticed in seconds, not when TCP tries again.
        handler.ConnectTimeout = TimeSpan.FromSeconds(2);
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(2);
        return Open(address, handler);
    }

    public void Dispose()
    {
        foreach (var channel in channels.Values)
            channel.Value.Dispose();
    }

    private static GrpcChannel Open(string address, HttpMessageHandler handler) =>
        GrpcChannel.ForAddress($"https://{address}", new GrpcChannelOptions
    {
        HttpHandler = handler,
        DisposeHttpClient = true,
        MaxReceiveMessageSize = MaxMessageBytes,
        MaxSendMessageSize = MaxMessageBytes,
    });
}
