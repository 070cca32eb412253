using Grpc.Core;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Security;
using Orchestrator.Store;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.CertificateAuthority;

/// <summary>
/// Certificates for joining nodes, which show a token, and for nodes that renew, which show the certificate they have.
/// Any manager answers; what the leader alone can do is passed on to it, with the caller's name.
/// </summary>
/// <param name="store">Nodes, tokens and the root's key.</param>
/// <param name="authorizer">Knows the caller by its certificate.</param>
/// <param name="channelTo">A connection to another manager, by its HOST:PORT.</param>
/// <param name="time">Bounds the waits.</param>
public sealed class NodeCertificatesService(
    ObjectStore store, PeerAuthorizer authorizer, Func<string, CallInvoker> channelTo, TimeProvider time)
    : Protocol.V1.NodeCertificates.NodeCertificatesBase
{
    /// <summary>Marks a call that was passed on, which is not passed on again.</summary>
    private const string Forwarded = "orch-forwarded";

    private static readonly TimeSpan LeaderWait = TimeSpan.FromSeconds(10);

    private readonly LeaderSearch leaders = new(store.Log, time);
    private readonly CertificateIssuance issuance = new(store, time);

    public override Task<Protocol.V1.IssueNodeCertificateResponse> IssueNodeCertificate(
        Protocol.V1.IssueNodeCertificateRequest request, ServerCallContext context)
    {
        // A token decides alone. Without one, and without a certificate, a call must not get as far as being passed on:
        // the leader would take it for one of the manager that passes it.
        var caller = request.Token.Length > 0 ? null
            : authorizer.TryAuthenticate(context)
                ?? throw new RpcException(new Status(
                    StatusCode.Unauthenticated, "A join token or a certificate of the swarm is needed."));
        return RouteAsync(
            context,
            caller,
            async cancellationToken =>
            {
                var csr = request.Csr.ToStringUtf8();
                var node = caller is null
                    ? await issuance.JoinAsync(
                        csr, request.Token, (NodeAvailability)request.Availability, cancellationToken)
                    : await issuance.RenewAsync(csr, caller.Id, cancellationToken);
                return new Protocol.V1.IssueNodeCertificateResponse
                {
                    NodeId = node.Id.Value,
                    Role = (Protocol.V1.NodeRole)node.Role,
                };
            },
            (leader, options) => leader.IssueNodeCertificateAsync(request, options));
    }

    public override Task<Protocol.V1.NodeCertificateStatusResponse> NodeCertificateStatus(
        Protocol.V1.NodeCertificateStatusRequest request, ServerCallContext context) =>
        RouteAsync(
            context,
            caller: null,
            async cancellationToken =>
            {
                var certificate = await issuance.WaitAsync(new NodeId(request.NodeId), cancellationToken);
                return new Protocol.V1.NodeCertificateStatusResponse { Certificate = certificate.ToProto() };
            },
            (leader, options) => leader.NodeCertificateStatusAsync(request, options));

    private async Task<T> RouteAsync<T>(
        ServerCallContext context,
        PeerIdentity? caller,
        Func<CancellationToken, Task<T>> local,
        Func<Protocol.V1.NodeCertificates.NodeCertificatesClient, CallOptions, AsyncUnaryCall<T>> remote)
    {
        try
        {
            return await leaders.FindAsync(LeaderWait, context.CancellationToken) is not { } leader
                ? await local(context.CancellationToken)
                : await remote(new(channelTo(leader.Address)), Hop(context, caller));
        }
        catch (UserException e)
        {
            throw e.ToRpc();
        }
        catch (Exception e) when (e is NotLeaderException or ProposalUnknownException or ContentionException)
        {
            throw Changing(e).ToRpc();
        }
    }

    private static CallOptions Hop(ServerCallContext context, PeerIdentity? caller)
    {
        if (context.RequestHeaders.Get(Forwarded) is not null)
            throw Changing();
        var headers = caller is null ? [] : ForwardedPeer.Write(caller);
        headers.Add(Forwarded, "1");
        var deadline = context.Deadline == DateTime.MaxValue ? (DateTime?)null : context.Deadline;
        return new CallOptions(headers, deadline, context.CancellationToken);
    }

    private static UserException Changing(Exception? cause = null) => new(
        ErrorCode.Unavailable, "The swarm has no leader at the moment.", "Try again in a few seconds.", cause);
}
