namespace Orchestrator.Model;

/// <summary>How the packets of an overlay travel between nodes.</summary>
public static class NetworkEncryption
{
    /// <summary>Driver option that asks for it: alone, or with the kind.</summary>
    public const string Option = "encrypted";

    /// <summary>In the clear.</summary>
    public const string None = "";

    /// <summary>A tunnel between each two nodes, under keys of theirs. Also the kernel feature's name.</summary>
    public const string WireGuard = "wireguard";

    /// <summary>IPsec, under keys that the managers make and change. Also the kernel feature's name.</summary>
    public const string Esp = "esp";

    public static bool IsAsked(IReadOnlyDictionary<string, string> options) =>
        options.TryGetValue(Option, out var value) && value != "false";

    /// <returns>Null: the option has a value that means nothing.</returns>
    /// <param name="options">Of the network.</param>
    /// <param name="nodes">What the kernels of the cluster's nodes can do; those that did not say are left out.</param>
    public static string? Choose(
        IReadOnlyDictionary<string, string> options, IEnumerable<IReadOnlyDictionary<string, string>> nodes) =>
        (IsAsked(options), options.GetValueOrDefault(Option)) switch
        {
            (false, _) => None,
            (_, "" or "true") => nodes.All(n => n.GetValueOrDefault(WireGuard) == NodeDescription.FeatureWorks)
                ? WireGuard : Esp,
            (_, WireGuard or Esp) => options[Option],
            _ => null,
        };
}
