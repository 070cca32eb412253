namespace Orchestrator.Network.Dns;

/// <summary>Which upstream resolvers were silent lately: they are asked after those that were not.</summary>
internal sealed class ServerHealth(TimeProvider time)
{
    /// <summary>How long a server that was silent is thought to be gone.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<string, long> silent = new(StringComparer.Ordinal);

    /// <summary>The servers in the order to ask them: as given, but for those in doubt, which come last.</summary>
    public IReadOnlyList<string> Order(IEnumerable<string> servers)
    {
        lock (gate)
            return [.. servers.OrderBy(IsInDoubt)];
    }

    public void Silent(string server)
    {
        lock (gate)
            silent[server] = time.GetTimestamp();
    }

    public void Answered(string server)
    {
        lock (gate)
            silent.Remove(server);
    }

    private bool IsInDoubt(string server) => silent.TryGetValue(server, out var since) && time.GetElapsedTime(since) < Doubt;
}
