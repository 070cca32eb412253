namespace Orchestrator.Network.Helper;

/// <summary>Where orch-net and the daemon meet, under the folder both are given.</summary>
internal sealed record HelperPaths(string Root)
{
    public string Socket => Path.Combine(Root, "net.sock");

    public string Lock => Path.Combine(Root, "net.lock");

    /// <summary>Process id of whoever has the lock.</summary>
    public string Owner => Path.Combine(Root, "net.pid");

    public string Log => Path.Combine(Root, "net.log");

    public string State => Path.Combine(Root, "net.state");
}
