using System.Reflection;

namespace Orchestrator.Daemon.Configuration;

internal static class BuildInfo
{
    /// <summary>As in Directory.Build.props.</summary>
    public static string Version { get; } = typeof(BuildInfo).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
