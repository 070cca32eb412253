using Grpc.Core;
using Grpc.Net.Client;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Security;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Daemon.Clustering;

/// <summary>A manager's certificate authority over the wire.</summary>
internal sealed class CertificateClient : ICertificateIssuer
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private readonly GrpcChannel channel;
    private readonly NodeAvailability availability;
    private readonly string address;

    /// <param name="handler">Decides whom to trust; stays the caller's.</param>
    public CertificateClient(string address, HttpMessageHandler handler, NodeAvailability availability)
    {
        this.address = address;
        this.availability = availability;
        channel = GrpcChannel.ForAddress($"https://{address}", new GrpcChannelOptions { HttpHandler = handler });
    }

    public Task<string> GetRootCertificateAsync(CancellationToken cancellationToken) => CallAsync(async () =>
    {
        var client = new P.CertificateAuthority.CertificateAuthorityClient(channel);
        var answer = await client.GetRootCertificateAsync(new(), Options(cancellationToken)).ConfigureAwait(false);
        return answer.Certificate.ToStringUtf8();
    });

    public Task<NodeId> RequestAsync(string csrPem, string? token, CancellationToken cancellationToken) => CallAsync(
        async () =>
        {
            var client = new P.NodeCertificates.NodeCertificatesClient(channel);
            var request = new P.IssueNodeCertificateRequest
            {
                Csr = Google.Protobuf.ByteString.CopyFromUtf8(csrPem),
                Token = token ?? "",
                Availability = (P.NodeAvailability)availability,
            };
            var answer = await client.IssueNodeCertificateAsync(
                request, Options(cancellationToken)).ConfigureAwait(false);
            return new NodeId(answer.NodeId);
        });

    public Task<NodeCertificate> WaitAsync(NodeId id, CancellationToken cancellationToken) => CallAsync(async () =>
    {
        var client = new P.NodeCertificates.NodeCertificatesClient(channel);
        var answer = await client.NodeCertificateStatusAsync(
            new() { NodeId = id.Value }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return answer.Certificate.ToModel();
    });

    public void Dispose() => channel.Dispose();

    private static CallOptions Options(CancellationToken cancellationToken) =>
        new(deadline: DateTime.UtcNow + CallTimeout, cancellationToken: cancellationToken);

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            throw new UserException(
                ErrorCode.Unavailable, $"no manager answers at {address}: {e.Status.Detail}",
                "Check the address, that port 2377 is open, and that orchd runs there: orch node ls", e);
        }
        catch (RpcException e)
        {
            throw e.ToUser();
        }
    }
}
