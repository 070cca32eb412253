namespace Orchestrator.Build.Syntax;

public enum RunSecurity
{
    Sandbox,

    /// <summary>Without confinement; a build has to be allowed it.</summary>
    Insecure,
}
