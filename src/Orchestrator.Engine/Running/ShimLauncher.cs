using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Running;

/// <summary>A shim that has made its container and waits for the word to start it.</summary>
internal sealed record LaunchedShim(ShimClient Client, Oci.Shim.ContainerState State);

/// <summary>Starts shims: <c>orch-runtime shim</c>, which leaves our session and outlives us.</summary>
internal sealed class ShimLauncher(EngineOptions options)
{
    public async Task<LaunchedShim> LaunchAsync(
        ContainerRecord record, RunDirectories directories, CancellationToken cancellationToken)
    {
        var (exitCode, error) = await RunAsync(Arguments(record, directories), cancellationToken);
        if (exitCode != 0)
            throw new ShimException(error, exitCode);
        var client = await ShimClient.ConnectAsync(directories.Shim(record.Id).ControlSocket, cancellationToken);
        return new LaunchedShim(client, await client.StateAsync(cancellationToken));
    }

    /// <summary>Removes by its state directory what a shim that died could not: processes and cgroups.</summary>
    public async Task DeleteAsync(ContainerRecord record, RunDirectories directories, CancellationToken cancellationToken) =>
        await RunAsync(["delete", "--force", "--state", directories.Shim(record.Id).Path, record.Id], cancellationToken);

    private List<string> Arguments(ContainerRecord record, RunDirectories directories)
    {
        var log = record.Spec.Host.Log;
        var arguments = new List<string>
        {
            "shim", "--id", record.Id, "--bundle", directories.Bundle(record.Id), "--state", directories.Shim(record.Id).Path,
        };
        if (record.LogPath.Length > 0)
            arguments.AddRange(["--log", record.LogPath]);
        var maxSize = Size(log.Options?.GetValueOrDefault("max-size")) ?? options.LogMaxSizeBytes;
        if (maxSize > 0)
            arguments.AddRange(["--log-max-size", Text(maxSize), "--log-max-files", Text(MaxFiles(log))]);
        if (record.Spec.OpenStdin)
            arguments.Add("--open-stdin");
        return arguments;
    }

    private long MaxFiles(LogSpec log) =>
        int.TryParse(log.Options?.GetValueOrDefault("max-file"), out var files) ? files : options.LogMaxFiles;

    /// <summary>Reads <c>10m</c>, <c>1g</c>, <c>500k</c> or bytes.</summary>
    internal static long? Size(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var shift = char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        var digits = shift > 0 ? text[..^1] : text;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value << shift
            : throw EngineException.Invalid($"invalid max-size: '{text}'; write it like 10m");
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private async Task<(int ExitCode, string Error)> RunAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(options.RuntimePath, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)
            ?? throw new EngineException(EngineError.Internal, $"{options.RuntimePath} could not be started");
        process.StandardInput.Close();
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, error.Trim());
    }
}
