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

    public GrpcChannel Channel(string address) => channels.GetOrAdd(address, a => new(() => Open(a))).Value;

    CallInvoker IManagerChannels.Get(string address) => Channel(address).CreateCallInvoker();

    CallInvoker ILeaderChannels.Get(string address) => Channel(address).CreateCallInvoker();

    public void Dispose()
    {
        foreach (var channel in channels.Values)
            channel.Value.Dispose();
    }

    private GrpcChannel Open(string address) => GrpcChannel.ForAddress($"https://{address}", new GrpcChannelOptions
    {
        HttpHandler = ClusterHandlers.Mutual(identity, time, NodeRole.Manager),
        DisposeHttpClient = true,
        MaxReceiveMessageSize = MaxMessageBytes,
        MaxSendMessageSize = MaxMessageBytes,
    });
}
