using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Orchestrator.Model;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Whether the routes of a service can be as asked. Pure.</summary>
internal static partial class RouteValidator
{
    /// <param name="others">All other services of the cluster.</param>
    /// <exception cref="UserException">They cannot.</exception>
    public static void Validate(ServiceSpec spec, IReadOnlyCollection<Service> others)
    {
        var routes = spec.Endpoint.Routes;
        foreach (var route in routes)
            ValidateWords(route);
        if (routes.GroupBy(r => r.Key).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw UserErrors.Invalid($"route {twice.Key} is given twice", "Give each host and path once.");
        foreach (var other in others)
        {
            if (routes.FirstOrDefault(r => other.Spec.Endpoint.Routes.Any(taken => taken.Key == r.Key)) is { } route)
                throw new UserException(
                    ErrorCode.PortTaken, $"route {route.Key} already leads to service '{other.Spec.Name}' ({other.Id})",
                    $"Take it from there: orch service update --route-rm {route.Key} {other.Spec.Name}");
            if (Clash(routes, other.Spec.Endpoint.Ports) is { } port)
                throw Taken(port, $"is published by service '{other.Spec.Name}' ({other.Id})");
            if (Clash(other.Spec.Endpoint.Routes, spec.Endpoint.Ports) is { } routed)
                throw Taken(routed, $"is where routes answer, those of service '{other.Spec.Name}' among them");
        }

        if (Clash(routes, spec.Endpoint.Ports) is { } own)
            throw Taken(own, "is where routes answer, and cannot be published besides");
    }

    private static int? Clash(IEnumerable<HttpRoute> routes, IEnumerable<PortConfig> ports)
    {
        var needed = routes.SelectMany(r => r.Ports).ToHashSet();
        return ports.FirstOrDefault(p => p.Protocol == PortProtocol.Tcp && needed.Contains(p.PublishedPort))?.PublishedPort;
    }

    private static UserException Taken(int port, string how) =>
        new(ErrorCode.PortTaken, $"port '{port}' {how}", "Publish another port.");

    private static void ValidateWords(HttpRoute route)
    {
        if (route.Host.Length > 0 && !HostName().IsMatch(route.Host))
            throw UserErrors.Invalid(
                $"invalid route host \"{route.Host}\"", "Give a name in lower case, such as shop.example or *.example.");
        if (!PathPrefix().IsMatch(route.Path))
            throw UserErrors.Invalid(
                $"invalid route path \"{route.Path}\"", "Give the beginning of a path, such as /api.");
        if (route.TargetPort is < 1 or > 65_535)
            throw UserErrors.Invalid(
                $"invalid port {route.TargetPort} of route {route.Key}", "Give the port that the tasks listen at.");
    }

    /// <returns>The route with id and name of the secret that has its certificate.</returns>
    /// <exception cref="UserException">There is none, or it holds no certificate for the route.</exception>
    public static HttpRoute Resolve(HttpRoute route, Transaction tx)
    {
        if (!route.HasTls)
            return route;
        var secret = PayloadValidator.Find(PayloadKind.Secret, route.SecretId, route.SecretName, tx);
        ValidateCertificate(route, secret);
        return route with { SecretId = secret.Id, SecretName = secret.Name };
    }

    internal static void ValidateCertificate(HttpRoute route, Payload secret)
    {
        try
        {
            var pem = Encoding.UTF8.GetString(secret.Data.Span);
            using var certificate = X509Certificate2.CreateFromPem(pem, pem);
            if (certificate.NotAfter.ToUniversalTime() < DateTime.UtcNow)
                throw new CryptographicException($"it expired at {certificate.NotAfter.ToUniversalTime():u}");
            if (route.Host.Length > 0 && !certificate.MatchesHostname(Sample(route.Host)))
                throw new CryptographicException($"it is not for {route.Host}");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw UserErrors.Invalid(
                $"certificate of route {route.Key} in secret {secret.Name} cannot be used: {e.Message}",
                "Make the secret of PEM: the certificate first, then its chain, and its key.");
        }
    }

    /// <summary>A name that a wildcard stands for.</summary>
    private static string Sample(string host) => host.StartsWith('*') ? "a" + host[1..] : host;

    [GeneratedRegex(@"^(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$")]
    private static partial Regex HostName();

    [GeneratedRegex(@"^/([A-Za-z0-9._~!$&'()+,;=:@%-]+(/[A-Za-z0-9._~!$&'()+,;=:@%-]+)*)?$")]
    private static partial Regex PathPrefix();
}
