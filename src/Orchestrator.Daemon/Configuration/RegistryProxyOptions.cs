using Orchestrator.Oci.Images;

namespace Orchestrator.Daemon.Configuration;

/// <summary>The registry that ours is a pull-through cache of.</summary>
/// <param name="Address">Scheme and host; empty: none.</param>
/// <param name="Namespace">First components of the names that are its; empty: all of the plain listener's.</param>
public sealed record RegistryProxyOptions(
    string Address = "", string Namespace = "", string Username = "", string Password = "", int MaxAgeHours = 168,
    long MaxBytes = long.MaxValue)
{
    public bool IsUsed => Address.Length > 0;

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults(string? listen)
    {
        if (!IsUsed)
            yield break;
        if (!Uri.TryCreate(Address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
            || uri.PathAndQuery != "/")
            yield return $"registry-proxy is \"{Address}\"; write it as https://host.";
        if (Namespace.Length > 0 && !ReferenceGrammar.IsPath(Namespace))
            yield return $"registry-proxy-namespace is \"{Namespace}\"; write lower-case words, as hub or mirrors/hub.";
        if (Namespace.Length == 0 && listen is null)
        {
            yield return "registry-proxy is set and all names would be that registry's: set registry-proxy-namespace, "
                + "or registry-listen for clients of the cache alone.";
        }

        if (MaxAgeHours < 1)
            yield return $"registry-proxy-max-age is {MaxAgeHours}; set 1 hour or more.";
    }
}
