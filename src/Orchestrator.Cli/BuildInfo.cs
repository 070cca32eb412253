using System.Globalization;
using System.Reflection;

namespace Orchestrator.Cli;

/// <summary>What this binary is.</summary>
internal static class BuildInfo
{
    /// <summary>As Directory.Build.props has it.</summary>
    public static string Version { get; } = typeof(BuildInfo).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>Seven digits, as git and docker show it; unknown for sources that are in no repository.</summary>
    public static string Commit => typeof(BuildInfo).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit, ..]
        ? commit[..Math.Min(7, commit.Length)] : "unknown";

    /// <summary>When the program was written to disk, RFC 3339.</summary>
    public static string Built => File.GetLastWriteTimeUtc(Environment.ProcessPath!)
        .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
