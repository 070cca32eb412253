using Xunit;

namespace Orchestrator.Testing;

/// <summary>A test that changes the kernel (namespaces, mounts, links). Skipped, with the reason, when not root.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    internal const string Reason = "needs root: it makes namespaces, mounts, links, or files of other owners";

    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = Reason;
    }
}
