using System.Security.Cryptography.X509Certificates;
using Grpc.Core;

namespace Orchestrator.Grpc.Server;

/// <summary>What a client's certificate says of it, under the names gRPC gives.</summary>
internal static class CertificateAuthContext
{
    private const string CommonName = "x509_common_name";

    private static readonly AuthContext Unauthenticated = new(null, []);

    public static AuthContext Of(X509Certificate2? certificate)
    {
        if (certificate is null)
            return Unauthenticated;
        Dictionary<string, List<AuthProperty>> properties = [];
        void Add(string name, string value)
        {
            if (!properties.TryGetValue(name, out var values))
                properties[name] = values = [];
            values.Add(AuthProperty.Create(name, value));
        }

        Add(CommonName, certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        foreach (var name in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames()))
            Add("x509_subject_alternative_name", name);
        return new AuthContext(CommonName, properties);
    }
}
