using System.Globalization;
using System.Text.Json;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Shim.Backends;

/// <summary>The command line of another OCI runtime, as runc's: what crun, youki, runsc and kata understand too.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Arguments">Go before everything else.</param>
internal sealed record ForeignProgram(string Path, IReadOnlyList<string> Arguments)
{
    private const int NotExecutable = 126, NotFound = 127;

    /// <summary>Runs one command to its end.</summary>
    /// <param name="folder">For what the runtime keeps of its containers, and its complaints.</param>
    /// <param name="streams">Descriptors 0, 1 and 2; null: none.</param>
    /// <exception cref="RuntimeException">What it complained of.</exception>
    public void Run(string folder, FileDescriptor[]? streams, params IReadOnlyList<string> command)
    {
        var log = System.IO.Path.Combine(folder, "log.json");
        File.Delete(log);
        using var none = StandardStreams.Null();
        string[] line =
        [
            Path, .. Arguments, "--root", System.IO.Path.Combine(folder, "state"), "--log", log, "--log-format", "json",
            .. command,
        ];
        var status = Child.Reap(Spawn(line, streams ?? [none, none, none]));
        if (status.ExitCode != 0)
            throw Failure(command[0], status, Complaint(log));
    }

    /// <inheritdoc cref="Run"/>
    /// <returns>False: it complained.</returns>
    public bool TryRun(string folder, params IReadOnlyList<string> command)
    {
        try
        {
            Run(folder, streams: null, command);
            return true;
        }
        catch (RuntimeException)
        {
            return false;
        }
    }

    private int Spawn(string[] line, FileDescriptor[] streams)
    {
        try
        {
            // Some runtimes look for tools of theirs.
            return Child.Spawn(Path, line, [$"PATH={Environment.GetEnvironmentVariable("PATH")}"], null, streams);
        }
        catch (LinuxException e)
        {
            throw new RuntimeException($"the runtime {Path} cannot be executed: {e.Errno}; install it, or choose another");
        }
    }

    /// <summary>Docker tells a program that is not there, or not executable, by the runtime's words.</summary>
    private RuntimeException Failure(string command, WaitStatus status, string? complaint) => new(
        complaint ?? string.Create(
            CultureInfo.InvariantCulture,
            $"{System.IO.Path.GetFileName(Path)} {command} ended with {status.ExitCode} and without a word"),
        complaint is null ? 1
        : complaint.Contains("executable file not found", StringComparison.OrdinalIgnoreCase)
            || complaint.Contains("no such file or directory", StringComparison.OrdinalIgnoreCase) ? NotFound
        : complaint.Contains("permission denied", StringComparison.OrdinalIgnoreCase) ? NotExecutable : 1);

    /// <summary>The last error in its log, a line of JSON each.</summary>
    private static string? Complaint(string log) => File.Exists(log)
        ? File.ReadLines(log).Select(Message).LastOrDefault(message => message is not null) : null;

    private static string? Message(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            var level = entry.RootElement.TryGetProperty("level", out var known) ? known.GetString() : "error";
            return level is "error" or "fatal" && entry.RootElement.TryGetProperty("msg", out var message)
                ? message.GetString() : null;
        }
        catch (JsonException)
        {
            return line.Length > 0 ? line : null; // One that knows no --log-format.
        }
    }
}
