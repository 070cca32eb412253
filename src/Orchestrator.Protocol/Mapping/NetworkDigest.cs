using Google.Protobuf;
using System.Security.Cryptography;

namespace Orchestrator.Protocol.Mapping;

/// <summary>Whether two sides know the same of a network, told by a few bytes.</summary>
public static class NetworkDigest
{
    /// <returns>Hex; the same for the same messages in whatever order.</returns>
    public static string Of(IEnumerable<P.NetworkEndpoint> endpoints, IEnumerable<P.NetworkService> services)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var endpoint in endpoints.OrderBy(e => e.Id, StringComparer.Ordinal))
            hash.AppendData(endpoint.ToByteArray());
        foreach (var service in services.OrderBy(s => s.ServiceId, StringComparer.Ordinal))
            hash.AppendData(service.ToByteArray());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
