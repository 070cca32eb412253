using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security;

/// <summary>Who a certificate says its holder is: subject CN, OU and O.</summary>
public sealed record PeerIdentity(NodeId Id, NodeRole Role, ClusterId Cluster)
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string OrganizationalUnit = "2.5.4.11";

    /// <summary>Reads the subject; whether to believe it is <see cref="CertificateVerifier"/>'s affair.</summary>
    public static PeerIdentity? Read(X509Certificate2 certificate)
    {
        string? id = null, role = null, cluster = null;
        foreach (var name in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (name.HasMultipleElements)
                return null;
            var value = name.GetSingleElementValue();
            switch (name.GetSingleElementType().Value)
            {
                case CommonName:
                    id = value;
                    break;
                case OrganizationalUnit:
                    role = value;
                    break;
                case Organization:
                    cluster = value;
                    break;
            }
        }

        return id is { Length: > 0 } && cluster is { Length: > 0 } && CertificateRoles.TryParse(role, out var parsed)
            ? new PeerIdentity(new NodeId(id), parsed, new ClusterId(cluster))
            : null;
    }

    internal X500DistinguishedName ToSubject()
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(Cluster.Value);
        subject.AddOrganizationalUnitName(Role.ToWord());
        subject.AddCommonName(Id.Value);
        return subject.Build();
    }
}
