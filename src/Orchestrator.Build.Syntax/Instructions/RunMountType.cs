namespace Orchestrator.Build.Syntax;

public enum RunMountType
{
    /// <summary>Files of the context, a stage or an image; what is written there is dropped.</summary>
    Bind,

    /// <summary>A folder that stays from build to build.</summary>
    Cache,

    Tmpfs,

    /// <summary>A file or variable that no layer ever holds.</summary>
    Secret,

    /// <summary>The socket of an SSH agent.</summary>
    Ssh,
}
