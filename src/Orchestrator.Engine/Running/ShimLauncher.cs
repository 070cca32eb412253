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
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    public async Task<LaunchedShim> LaunchAsync(
        ContainerRecord record, RunDirectories directories, CancellationToken cancellationToken)
    {
        var directory = directories.Shim(record.Id);
        var log = await LogArguments.OfAsync(
            record, directories.Bundle(record.Id), options.HelperPath, cancellationToken);
        CheckAnswer(await RunAsync(Arguments(record, directories, log), cancellationToken));
        var client = await ShimClient.ConnectAsync(directory.ControlSocket, cancellationToken);
        return new LaunchedShim(client, await client.StateAsync(cancellationToken));
    }

    /// <summary>Removes by its state directory what a shim that died could not: processes and cgroups.</summary>
    /// <exception cref="EngineException">Something of it is left; says what.</exception>
    public async Task DeleteAsync(ContainerRecord record, RunDirectories directories, CancellationToken cancellationToken)
    {
        var directory = directories.Shim(record.Id).Path;
        using var process = Start(
            ["--root", Path.GetDirectoryName(directory)!, "delete", "--force", Path.GetFileName(directory)], errors: true);
        var reading = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode == 0)
            return;
        // What a hook left running may keep it open.
        var isRead = await Task.WhenAny(reading, Task.Delay(LastWords, cancellationToken)) == reading;
        throw new EngineException(
            EngineError.Internal, $"delete --force ended with {process.ExitCode}: {(isRead ? (await reading).Trim() : "…")}");
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

    /// <summary>Nothing for our own: the shim is that itself.</summary>
    private IEnumerable<string> RuntimeArguments(string name)
    {
        if (name is "" or OciRuntime.Own)
            return [];
        if (!options.Runtimes.TryGetValue(name, out var runtime))
            throw EngineException.Invalid(
                $"unknown or invalid runtime name: {name}; add it to orchd: --add-runtime {name}=PATH");
        var path = runtime.Find() ?? throw new EngineException(
            EngineError.Internal,
            $"unable to retrieve OCI runtime: exec: \"{runtime.Path}\": executable file not found; install it, or mend "
            + $"the path of runtime {name} in orchd's configuration");
        return ["--runtime", path, .. runtime.Arguments.Select(argument => $"--runtime-arg={argument}")];
    }

    private List<string> Arguments(
        ContainerRecord record, RunDirectories directories, IReadOnlyList<string> log)
    {
        var arguments = new List<string>
        {
            "shim", "--id", record.Id, "--bundle", directories.Bundle(record.Id), "--state",
            directories.Shim(record.Id).Path,
        };
        arguments.AddRange(log);
        arguments.AddRange(RuntimeArguments(record.Spec.Host.Runtime));
        if (record.Spec.OpenStdin)
            arguments.Add("--open-stdin");
        // A terminal stays open when its client leaves: someone may attach again.
        if (record.Spec is { OpenStdin: true, StdinOnce: true, Tty: false })
            arguments.Add("--stdin-once");
        return arguments;
    }

    /// <returns>The first line of its standard output, which the shim closes when it has written that.</returns>
    private async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(arguments, output: true);
        return (await process.StandardOutput.ReadToEndAsync(cancellationToken)).TrimEnd();
    }

    private Process Start(IReadOnlyList<string> arguments, bool output = false, bool errors = false) =>
        Process.Start(new ProcessStartInfo(options.RuntimePath, arguments)
        {
            RedirectStandardOutput = output, RedirectStandardError = errors,
        })
        ?? throw new EngineException(EngineError.Internal, $"{options.RuntimePath} could not be started");
}
