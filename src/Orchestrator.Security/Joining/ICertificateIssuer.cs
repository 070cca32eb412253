namespace Orchestrator.Security;

/// <summary>The cluster's certificate authority as a node calls it: over the wire, or a test's own.</summary>
public interface ICertificateIssuer : IDisposable
{
    /// <returns>The root certificate in PEM.</returns>
    Task<string> GetRootCertificateAsync(CancellationToken cancellationToken);

    /// <summary>Asks for a certificate: with a token for a new node, without one to renew the caller's.</summary>
    /// <returns>The id of the node it will be issued to.</returns>
    Task<NodeId> RequestAsync(string csrPem, string? token, CancellationToken cancellationToken);

    /// <summary>Waits a while for the certificate, at most about half a minute.</summary>
    Task<NodeCertificate> WaitAsync(NodeId id, CancellationToken cancellationToken);
}
