using System.Security.Cryptography;
using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Commands.Payloads;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>What a route's <c>tls=</c> names: a secret, or a file that a secret is made of.</summary>
internal static class RouteCertificates
{
    private const string Prefix = "secret:";
    private const int DigestLength = 12;

    /// <exception cref="CliException">There is neither, or the file is no certificate with its key.</exception>
    public static HttpRoute Resolve(Session session, HttpRoute route)
    {
        if (route.SecretName is not { Length: > 0 } text)
            return route;
        if (text.StartsWith(Prefix, StringComparison.Ordinal))
            return Named(session, route, text[Prefix.Length..]) ?? throw new CliException($"secret not found: {text[Prefix.Length..]}");
        var named = text.Contains('/', StringComparison.Ordinal) ? null : Named(session, route, text);
        return named ?? FromFile(session, route, text);
    }

    private static HttpRoute? Named(Session session, HttpRoute route, string name) =>
        session.Client.Get($"/secrets{new Query().Add(Filters.Empty.Add("names", name))}", ApiJson.Wire.SecretArray) is [var found, ..]
            ? route with { SecretID = found.ID, SecretName = found.Spec.Name } : null;

    /// <summary>The name has a digest of the content, so that one certificate is one secret, however often it is given.
    /// </summary>
    private static HttpRoute FromFile(Session session, HttpRoute route, string file)
    {
        var pem = Read(route, file);
        var stem = new string([.. Path.GetFileNameWithoutExtension(file).Where(char.IsAsciiLetterOrDigit)]);
        var digest = Convert.ToHexStringLower(SHA256.HashData(pem))[..DigestLength];
        var name = $"{(stem.Length is > 0 and <= 40 ? stem : "tls")}-{digest}";
        if (Named(session, route, name) is { } known)
            return known;
        var id = PayloadCreate.Create(session, PayloadWords.Secret, new SecretSpec { Name = name, Labels = [], Data = pem });
        return route with { SecretID = id, SecretName = name };
    }

    private static byte[] Read(HttpRoute route, string file)
    {
        try
        {
            var pem = File.ReadAllBytes(file);
            return pem.AsSpan().IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0 && pem.AsSpan().IndexOf("PRIVATE KEY-----"u8) >= 0
                ? pem
                : throw new CliException($"{file} holds no certificate with its key; give PEM with both, and the chain");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                $"certificate of route {route.Host}{route.Path}: there is no secret {file}, and no such file: {e.Message}");
        }
    }
}
