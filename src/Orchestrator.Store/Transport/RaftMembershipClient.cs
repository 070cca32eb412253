using Grpc.Core;
using Orchestrator.Protocol.V1;
using Task = System.Threading.Tasks.Task;

namespace Orchestrator.Store.Transport;

/// <summary>Asks the cluster to add or remove a member, following whoever names the leader.</summary>
/// <param name="dial">Opens a channel to <c>host:port</c>; it is shut down afterwards.</param>
public sealed class RaftMembershipClient(Func<string, ChannelBase> dial)
{
    private const int MaxAttempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <param name="managers">Addresses to begin with.</param>
    /// <param name="nodeId">Of this node.</param>
    /// <param name="address">Where its peers will dial it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">
    /// The cluster refuses, or nobody answered as leader in about five seconds.
    /// </exception>
    public Task<JoinResponse> JoinAsync(
        IReadOnlyList<string> managers, string nodeId, string address, CancellationToken cancellationToken) =>
        AskLeaderAsync(
            managers,
            client => client.JoinAsync(
                new JoinRequest { NodeId = nodeId, Address = address }, cancellationToken: cancellationToken),
            cancellationToken);

    /// <inheritdoc cref="JoinAsync"/>
    public Task LeaveAsync(IReadOnlyList<string> managers, ulong raftId, CancellationToken cancellationToken) =>
        AskLeaderAsync(
            managers,
            client => client.LeaveAsync(new LeaveRequest { RaftId = raftId }, cancellationToken: cancellationToken),
            cancellationToken);

    private async Task<T> AskLeaderAsync<T>(
        IReadOnlyList<string> managers, Func<RaftMembership.RaftMembershipClient, AsyncUnaryCall<T>> ask,
        CancellationToken cancellationToken)
    {
        string? leader = null;
        for (var attempt = 0; ; attempt++)
        {
            var channel = dial(leader ?? managers[attempt % managers.Count]);
            try
            {
                return await ask(new RaftMembership.RaftMembershipClient(channel));
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && attempt < MaxAttempts)
            {
                var named = e.Trailers.GetValue(RaftMembershipService.LeaderKey);
                if (named is null || named == leader)
                    await Task.Delay(Pause, cancellationToken);
                leader = named == leader ? null : named;
            }
            finally
            {
                await channel.ShutdownAsync();
            }
        }
    }
}
