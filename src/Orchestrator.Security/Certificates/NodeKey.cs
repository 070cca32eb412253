using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security;

/// <summary>A node's private key, not yet certified.</summary>
public sealed class NodeKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>PKCS#8, not encrypted.</summary>
    public string Pem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>Asks for a certificate; who the node is, the answer says.</summary>
    public string CreateRequestPem() =>
        new CertificateRequest("CN=node", _key, HashAlgorithmName.SHA256).CreateSigningRequestPem() + "\n";

    public void Dispose() => _key.Dispose();
}
