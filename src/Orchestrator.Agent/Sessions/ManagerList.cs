namespace Orchestrator.Agent.Sessions;

/// <summary>Which manager to try next: the leader when it is known, else one after another.</summary>
internal sealed class ManagerList(IEnumerable<string> initial)
{
    private ImmutableArray<string> addresses = [.. initial];
    private int next;
    private string? hint;

    public ImmutableArray<string> Addresses => addresses;

    /// <summary>The next to try is not a guess.</summary>
    public bool KnowsLeader => hint is not null;

    public void Replace(IEnumerable<P.ManagerPeer> peers)
    {
        var newer = peers.ToList();
        if (newer.Count == 0)
            return;
        addresses = [.. newer.Select(p => p.Address)];
        hint = newer.Find(p => p.Leader)?.Address;
    }

    /// <summary>A daemon that has just started leads nobody, and does not know yet who does: its own manager is the last
    /// to ask.</summary>
    /// <param name="host">Where this node is reached.</param>
    public void AskLast(string host)
    {
        if (hint is { } leader && IsAt(leader, host))
            hint = null;
        next = addresses.IndexOf(addresses.FirstOrDefault(a => IsAt(a, host), "")) + 1;
    }

    /// <summary>A manager said who leads.</summary>
    public void Hint(string leader) => hint = leader;

    /// <summary>That one did not answer: it is tried again only in its turn.</summary>
    public void Failed(string address)
    {
        if (hint == address)
            hint = null;
    }

    /// <summary>A hint is good for one try, so that a stale one costs one failed dial.</summary>
    public string Next()
    {
        if (hint is { } leader)
        {
            hint = null;
            return leader;
        }

        return addresses[(int)((uint)next++ % addresses.Length)];
    }

    private static bool IsAt(string address, string host) => address[..address.LastIndexOf(':')].Trim('[', ']') == host;
}
