using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security;

/// <summary>Gets a node its certificate: the first one with a join token, later ones with the one before.</summary>
/// <param name="connect">Calls a manager through that handler, which decides whom to trust.</param>
/// <param name="time">Judges certificates.</param>
public sealed class ClusterJoin(Func<HttpMessageHandler, ICertificateIssuer> connect, TimeProvider time)
{
    /// <summary>
    /// Fetches the root, checks it against the token, and only then shows the token to who proves to be under it.
    /// </summary>
    /// <exception cref="UserException">The token is none, of another cluster, or not valid any more.</exception>
    public async Task<NodeIdentity> JoinAsync(JoinToken token, CancellationToken cancellationToken)
    {
        var rootPem = await FetchRootAsync(cancellationToken);
        using var root = LoadRoot(rootPem);
        token.CheckRoot(root);

        using var handler = ClusterHandlers.TrustingRoot(root, time);
        using var issuer = connect(handler);
        return await RequestAsync(issuer, rootPem, token.ToString(), cancellationToken);
    }

    /// <summary>A fresh key and certificate for the same node, in the role the cluster now wants it to have.</summary>
    public async Task<NodeIdentity> RenewAsync(IdentitySource identity, CancellationToken cancellationToken)
    {
        using var handler = ClusterHandlers.Mutual(identity, time, NodeRole.Manager);
        using var issuer = connect(handler);
        return await RequestAsync(issuer, identity.Current.RootPem, token: null, cancellationToken);
    }

    private async Task<string> FetchRootAsync(CancellationToken cancellationToken)
    {
        using var handler = ClusterHandlers.Insecure();
        using var issuer = connect(handler);
        return await issuer.GetRootCertificateAsync(cancellationToken);
    }

    private static X509Certificate2 LoadRoot(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new UserException(
                ErrorCode.Unavailable, "the remote node sent no root certificate",
                "Check the address: is it a manager's?", e);
        }
    }

    private static async Task<NodeIdentity> RequestAsync(
        ICertificateIssuer issuer, string rootPem, string? token, CancellationToken cancellationToken)
    {
        using var key = new NodeKey();
        var id = await issuer.RequestAsync(key.CreateRequestPem(), token, cancellationToken);
        while (true)
        {
            var certificate = await issuer.WaitAsync(id, cancellationToken);
            // One that is to be rotated already is good until then.
            if (certificate.State is CertificateState.Issued or CertificateState.Rotate)
                return NodeIdentity.FromPem(key.Pem, certificate.Chain, rootPem);
            if (certificate.State == CertificateState.Failed)
                throw new UserException(ErrorCode.PermissionDenied, $"certificate refused: {certificate.Error}");
        }
    }
}
