using Xunit;

namespace Orchestrator.Testing;

/// <summary>As <see cref="RootFactAttribute"/>, for a test with data.</summary>
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = RootFactAttribute.Reason;
    }
}
