using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Orchestrator.Security;

/// <summary>
/// What a node joins with: the digest of the cluster's root certificate, by which it knows the cluster, and a secret,
/// by which the cluster knows the node may come, and in which role.
/// </summary>
/// <remarks>
/// <c>SWMTKN-1-</c>, SHA-256 of the DER in 50 digits of base 36, <c>-</c>, 16 random bytes in 25 digits.
/// </remarks>
public sealed class JoinToken
{
    private const string Prefix = "SWMTKN";
    private const string Version = "1";
    private const int DigestWidth = 50;
    private const int SecretBytes = 16;
    private const int SecretWidth = 25;

    private readonly string _digest;
    private readonly string _secret;

    private JoinToken(string digest, string secret)
    {
        _digest = digest;
        _secret = secret;
    }

    /// <summary>A new secret for the cluster of that root; rotating a token is making another.</summary>
    public static JoinToken Create(X509Certificate2 root) =>
        new(DigestOf(root), Base36.Encode(RandomNumberGenerator.GetBytes(SecretBytes), SecretWidth));

    public static bool TryParse(string? text, [NotNullWhen(true)] out JoinToken? token)
    {
        token = text?.Trim()
        .Split('-') is [Prefix, Version, { Length: DigestWidth } digest, { Length: SecretWidth } secret]
            && Base36.IsBase36(digest) && Base36.IsBase36(secret)
            ? new JoinToken(digest, secret)
            : null;
        return token is not null;
    }

    /// <exception cref="UserException">InvalidArgument: it is no token. The message does not repeat it.</exception>
    public static JoinToken Parse(string? text) =>
        TryParse(text, out var token)
            ? token
            : throw new UserException(
                ErrorCode.InvalidArgument,
                "invalid join token",
                "Copy all of what a manager prints, from SWMTKN-1- on: orch swarm join-token worker");

    /// <summary>Whether that is this token, found out in the same time for every wrong one.</summary>
    public bool Matches(string? presented) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(ToString())),
            SHA256.HashData(Encoding.UTF8.GetBytes(presented?.Trim() ?? "")));

    /// <exception cref="UserException">
    /// The certificate is another cluster's root, or somebody is in between.
    /// </exception>
    public void CheckRoot(X509Certificate2 root)
    {
        if (DigestOf(root) != _digest)
            throw new UserException(
                ErrorCode.PermissionDenied,
                $"remote CA does not match fingerprint. Expected: {_digest}, got: {DigestOf(root)}",
                "Check that token and address are of the same cluster: orch swarm join-token worker");
    }

    public override string ToString() => $"{Prefix}-{Version}-{_digest}-{_secret}";

    private static string DigestOf(X509Certificate2 root) =>
        Base36.Encode(SHA256.HashData(root.RawDataMemory.Span), DigestWidth);
}
