using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Registries as people and clients write them.</summary>
internal static class RegistryNames
{
    /// <summary>The domain of an address: <c>https://index.docker.io/v1/</c> is docker.io.</summary>
    public static string Domain(string server)
    {
        var scheme = server.IndexOf("://", StringComparison.Ordinal);
        var host = (scheme < 0 ? server : server[(scheme + 3)..]).Split('/')[0];
        return host is "" or "docker.io" or "index.docker.io" or "registry-1.docker.io" ? Reference.DefaultDomain : host;
    }

    /// <summary><c>registry.example.com/web</c> is a domain and a word; <c>front/web</c> is a word for docker.io.</summary>
    public static (string Domain, string Word) SplitSearch(string term)
    {
        var slash = term.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : term[..slash];
        return first == "localhost" || first.AsSpan().IndexOfAny('.', ':') >= 0
            ? (Domain(first), term[(slash + 1)..]) : (Reference.DefaultDomain, term);
    }
}
