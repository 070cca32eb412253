using Google.Protobuf;
using Grpc.Core;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;

namespace Orchestrator.Manager.CertificateAuthority;

/// <summary>Tells anyone the cluster's root certificate. No secret: who joins checks it against the token.</summary>
public sealed class CertificateAuthorityService(ObjectStore store)
    : Protocol.V1.CertificateAuthority.CertificateAuthorityBase
{
    /// <summary>Answered by any manager from what it has: the root is as old as the cluster.</summary>
    public override Task<Protocol.V1.GetRootCertificateResponse> GetRootCertificate(
        Protocol.V1.GetRootCertificateRequest request, ServerCallContext context)
    {
        var cluster = store.View().Clusters.All.FirstOrDefault()
            ?? throw new UserException(
                ErrorCode.Unavailable, "This manager has no state of the swarm yet.", "Try again in a few seconds.")
                .ToRpc();
        return Task.FromResult(new Protocol.V1.GetRootCertificateResponse
        {
            Certificate = ByteString.CopyFromUtf8(cluster.RootCa.Certificate),
        });
    }
}
