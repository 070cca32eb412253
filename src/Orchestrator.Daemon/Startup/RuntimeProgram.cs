using System.ComponentModel;
using System.Diagnostics;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Daemon.Startup;

/// <summary>Looks at the orch-runtime that containers will run under: it is installed beside orchd, and may have stayed
/// behind in an upgrade.</summary>
internal static class RuntimeProgram
{
    /// <returns>Why it does not fit; empty: it does.</returns>
    /// <exception cref="StartupException">It cannot be executed at all.</exception>
    public static async Task<string> FaultAsync(string path, CancellationToken cancellationToken)
    {
        var said = await VersionAsync(path, cancellationToken);
        return said.Contains(ShimRevision.Line) ? ""
            : $"{path} is of another build than this orchd (it says \"{string.Join("; ", said)}\", and orchd needs "
                + $"\"{ShimRevision.Line}\"): containers may not start; install both from one build";
    }

    private static async Task<string[]> VersionAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, ["--version"]) { RedirectStandardOutput = true })!;
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        catch (Win32Exception e)
        {
            throw new StartupException($"{path} cannot be executed: {e.Message}; install the orch-runtime of this build", e);
        }
    }
}
