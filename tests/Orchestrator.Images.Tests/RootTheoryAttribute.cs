namespace Orchestrator.Images.Tests;

/// <summary>As RootFact, with cases.</summary>
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "needs root: it makes files of other owners";
    }
}
