using Xunit;

namespace Orchestrator.Testing;

/// <summary>A test that changes the kernel (namespaces, mounts, links). Skipped, with the reason, when not root.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "needs root: it makes namespaces, mounts or links";
    }
}
