namespace Orchestrator.Build;

/// <summary>Why a build ends: one line for whoever asked for it.</summary>
#pragma warning disable CA1032 // Always with its line.
public sealed class BuildException(string message, int? code = null, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Exit status of the RUN step that failed; null: something else did.</summary>
    public int? Code { get; } = code;
}
