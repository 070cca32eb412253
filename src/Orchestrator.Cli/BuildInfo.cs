namespace Orchestrator.Cli;

/// <summary>What this binary is.</summary>
internal static class BuildInfo
{
    /// <summary>As Directory.Build.props has it.</summary>
    public static string Version { get; } = typeof(BuildInfo).Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
