using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Integration.Support;

/// <summary>A test against what docker 28's client prints. Skipped, with the reason, where there is another.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class Docker28FactAttribute : FactAttribute
{
    private static readonly Lazy<string> Version = new(ReadVersion);

    public Docker28FactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "needs root: it starts a daemon in namespaces of its own";
        else if (!Version.Value.StartsWith("Docker version 28.", StringComparison.Ordinal))
            Skip = $"needs docker 28's client on PATH to compare with; there is: {Version.Value}";
    }

    private static string ReadVersion()
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", ["--version"]) { RedirectStandardOutput = true })!;
            return docker.StandardOutput.ReadToEnd().Trim();
        }
        catch (Win32Exception)
        {
            return "none";
        }
    }
}
