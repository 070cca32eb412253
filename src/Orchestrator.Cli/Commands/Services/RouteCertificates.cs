using System.Security.Cryptography;
using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Commands.Payloads;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>What a route's <c>tls=</c> names: a secret, or a file that a secret is made of, which goes again with the disposal
/// unless the service was accepted.</summary>
internal sealed class RouteCertificates(Session session) : IDisposable
{
    private const string Prefix = "secret:";
    private const int DigestLength = 12;

    /// <summary>IDs of secrets that were not there before.</summary>
    private readonly List<string> _made = [];

    /// <exception cref="CliException">There is neither, or the file is no certificate with its key.</exception>
    public HttpRoute Resolve(HttpRoute route)
    {
        if (route.SecretName is not { Length: > 0 } text)
            return route;
        if (text.StartsWith(Prefix, StringComparison.Ordinal))
            return Named(route, text[Prefix.Length..]) ?? throw new CliException($"secret not found: {text[Prefix.Length..]}");
        var named = text.Contains('/', StringComparison.Ordinal) ? null : Named(route, text);
        return named ?? FromFile(route, text);
    }

    /// <summary>The service has been accepted, and its secrets are its own.</summary>
    public void Keep() => _made.Clear();

    /// <summary>One that a service refers to after all, the manager does not let go.</summary>
    public void Dispose()
    {
        foreach (var id in _made)
        {
            try
            {
                session.Client.Delete($"{PayloadWords.Secret.Path}/{id}");
            }
            catch (Exception e) when (e is DaemonException or CliException or IOException)
            {
                // Whatever the service was refused for is what the user is to read.
            }
        }

        _made.Clear();
    }

    private HttpRoute? Named(HttpRoute route, string name) =>
        session.Client.Get($"/secrets{new Query().Add(Filters.Empty.Add("names", name))}", ApiJson.Wire.SecretArray) is [var found, ..]
            ? route with { SecretID = found.ID, SecretName = found.Spec.Name } : null;

    /// <summary>The name has a digest of the content, so that one certificate is one secret, however often it is given.
    /// </summary>
    private HttpRoute FromFile(HttpRoute route, string file)
    {
        var pem = Read(route, file);
        var stem = new string([.. Path.GetFileNameWithoutExtension(file).Where(char.IsAsciiLetterOrDigit)]);
        var digest = Convert.ToHexStringLower(SHA256.HashData(pem))[..DigestLength];
        var name = $"{(stem.Length is > 0 and <= 40 ? stem : "tls")}-{digest}";
        if (Named(route, name) is { } known)
            return known;
        var id = PayloadCreate.Create(session, PayloadWords.Secret, new SecretSpec { Name = name, Labels = [], Data = pem });
        _made.Add(id);
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
