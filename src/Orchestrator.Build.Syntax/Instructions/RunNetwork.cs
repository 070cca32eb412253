namespace Orchestrator.Build.Syntax;

/// <summary>What network a RUN step has.</summary>
public enum RunNetwork
{
    /// <summary>The build's.</summary>
    Default,
    None,
    Host,
}
