namespace Orchestrator.Security;

/// <summary>The node's identity as it is now; connections made later use the later one.</summary>
public sealed class IdentitySource(NodeIdentity first)
{
    private volatile NodeIdentity _current = first;

    /// <summary>Raised after a replacement, on the thread that made it.</summary>
    public event Action<NodeIdentity>? Replaced;

    public NodeIdentity Current => _current;

    /// <remarks>The one before is not disposed: connections made with it still hold it.</remarks>
    public void Replace(NodeIdentity identity)
    {
        _current = identity;
        Replaced?.Invoke(identity);
    }
}
