namespace Orchestrator.Network.Hosting;

/// <summary>Where everything of a node's network is on disk.</summary>
internal sealed record NodePaths(string DataRoot, string ExecRoot)
{
    public string Networks => Path.Combine(DataRoot, "networks");

    public string Pipes => Path.Combine(DataRoot, "pipes");

    public string Kept => Path.Combine(DataRoot, "commands");

    public string WireGuardKey => Path.Combine(DataRoot, "wireguard.key");

    public string Sandboxes => Path.Combine(ExecRoot, "sandboxes");

    public string Cluster => Path.Combine(ExecRoot, "cluster");

    public string EspEpoch => Path.Combine(ExecRoot, "esp.epoch");

    public string Namespaces => Path.Combine(ExecRoot, "netns");

    public string Helper => Path.Combine(ExecRoot, "helper");

    public string Proxy => Path.Combine(ExecRoot, "ingress");

    public IEnumerable<string> All => [Networks, Pipes, Kept, Sandboxes, Cluster, Namespaces, Helper, Proxy];

    public string NamespaceOf(string containerId) => Path.Combine(Namespaces, containerId);

    public string NamespaceOfOverlay(int vni) => Path.Combine(Namespaces, $"overlay-{vni:x}");
}
