using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Security;
using CaServices = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.CertificateAuthority;

/// <summary>The certificate authority over the wire, with its errors as the user's.</summary>
internal sealed class CaClient(string address, HttpMessageHandler handler) : ICertificateIssuer
{
    private readonly GrpcChannel channel =
        GrpcChannel.ForAddress($"https://{address}", new GrpcChannelOptions { HttpHandler = handler });

    public async Task<string> GetRootCertificateAsync(CancellationToken cancellationToken)
    {
        var client = new CaServices.CertificateAuthority.CertificateAuthorityClient(channel);
        return (await client.GetRootCertificateAsync(new(), cancellationToken: cancellationToken)).Certificate.ToStringUtf8();
    }

    public async Task<NodeId> RequestAsync(string csrPem, string? token, CancellationToken cancellationToken)
    {
        var client = new CaServices.NodeCertificates.NodeCertificatesClient(channel);
        try
        {
            var answer = await client.IssueNodeCertificateAsync(
                new() { Csr = ByteString.CopyFromUtf8(csrPem), Token = token ?? "" }, cancellationToken: cancellationToken);
            return new NodeId(answer.NodeId);
        }
        catch (RpcException e)
        {
            throw e.ToUser();
        }
    }

    public async Task<NodeCertificate> WaitAsync(NodeId id, CancellationToken cancellationToken)
    {
        var client = new CaServices.NodeCertificates.NodeCertificatesClient(channel);
        var answer = await client.NodeCertificateStatusAsync(new() { NodeId = id.Value }, cancellationToken: cancellationToken);
        return answer.Certificate.ToModel();
    }

    public void Dispose() => channel.Dispose();
}
