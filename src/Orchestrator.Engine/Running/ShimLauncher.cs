using System.Diagnostics;
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
        var directory = directories.Shim(record.Id);
        CheckAnswer(await RunAsync(Arguments(record, directories), cancellationToken));
        var client = await ShimClient.ConnectAsync(directory.ControlSocket, cancellationToken);
        return new LaunchedShim(client, await client.StateAsync(cancellationToken));
    }

    /// <summary>Removes by its state directory what a shim that died could not: processes and cgroups.</summary>
    public Task DeleteAsync(ContainerRecord record, RunDirectories directories, CancellationToken cancellationToken)
    {
        var directory = directories.Shim(record.Id).Path;
        return RunAsync(
            ["--root", Path.GetDirectoryName(directory)!, "delete", "--force", Path.GetFileName(directory)],
            cancellationToken);
    }

    /// <summary><c>ready PID</c>, or <c>error CODE MESSAGE</c>. Source: docs/design/shim.md.</summary>
    private static void CheckAnswer(string line)
    {
        if (line.StartsWith("ready ", StringComparison.Ordinal))
            return;
        var parts = line.Split(' ', 3);
        throw parts is ["error", var code, var message] && int.TryParse(code, out var exitCode)
            ? new ShimException(message, exitCode)
            : new ShimException(line.Length > 0 ? line : "the shim ended without a word", 1);
    }

    private List<string> Arguments(ContainerRecord record, RunDirectories directories)
    {
        var arguments = new List<string>
        {
            "shim", "--id", record.Id, "--bundle", directories.Bundle(record.Id), "--state",
            directories.Shim(record.Id).Path,
        };
        if (record.LogPath.Length > 0)
            arguments.AddRange(LogArguments(record, directories));
        if (record.Spec.OpenStdin)
            arguments.Add("--open-stdin");
        // A terminal stays open when its client leaves: someone may attach again.
        if (record.Spec is { OpenStdin: true, StdinOnce: true, Tty: false })
            arguments.Add("--stdin-once");
        return arguments;
    }

    /// <summary>The container's own options, and the daemon's where it has none.</summary>
    private List<string> LogArguments(ContainerRecord record, RunDirectories directories)
    {
        var own = record.Spec.Host.Log.Options;
        string? Option(string name) => own?.GetValueOrDefault(name) ?? options.LogOptions.GetValueOrDefault(name);
        var arguments = new List<string> { "--log-path", record.LogPath };
        foreach (var name in (string[])["max-size", "max-file", "mode", "max-buffer-size"])
        {
            if (Option(name) is { } value)
                arguments.AddRange([$"--log-{name}", value]);
        }

        if (LogAttributes.Of(record, Option) is { } attributes)
        {
            // In a file: values of variables are no business of those who may list processes.
            var path = Path.Combine(directories.Bundle(record.Id), "log-attrs.json");
            File.WriteAllBytes(path, attributes);
            arguments.AddRange(["--log-attrs", path]);
        }

        return arguments;
    }

    /// <returns>The first line of its standard output, which the shim closes when it has written that.</returns>
    private async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(
            new ProcessStartInfo(options.RuntimePath, arguments) { RedirectStandardOutput = true })
            ?? throw new EngineException(EngineError.Internal, $"{options.RuntimePath} could not be started");
        return (await process.StandardOutput.ReadToEndAsync(cancellationToken)).TrimEnd();
    }
}
