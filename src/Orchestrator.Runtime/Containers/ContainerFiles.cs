using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Init;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Containers;

/// <summary>What the OCI commands keep in a container's state directory beside <c>state.json</c>, so that no later
/// command depends on the bundle still being there.</summary>
/// <param name="Directory">The container's own, 0700.</param>
internal sealed record ContainerFiles(ShimDirectory Directory)
{
    private const string StartName = "start", ClaimedName = "starting";

    private string ConfigFile => Path.Combine(Directory.Path, BundleDirectory.ConfigFile);

    private string StepsFile => Path.Combine(Directory.Path, "steps");

    private string StartSocket => Path.Combine(Directory.Path, StartName);

    /// <summary>Pid 1 waits for <c>start</c>: the socket is there until one <c>start</c> takes it.</summary>
    public bool AwaitsStart => File.Exists(StartSocket);

    public RuntimeSpec ReadSpec(string bundle) =>
        BundleDirectory.Read(File.Exists(ConfigFile) ? Directory.Path : bundle);

    public void CopySpec(string bundle) => File.Copy(Path.Combine(bundle, BundleDirectory.ConfigFile), ConfigFile);

    /// <summary>Where pid 1 will wait; it needs the listening side.</summary>
    public FileDescriptor Listen()
    {
        // By way of the descriptor, for the path may be longer than a socket's address can be.
        using var directory = FileDescriptor.Open(Directory.Path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        return UnixSocket.Listen($"{directory.ProcPath}/{StartName}", blocking: true);
    }

    /// <summary>Connects to the waiting pid 1. Of several at once, one gets it.</summary>
    /// <exception cref="FileNotFoundException">It was started already.</exception>
    public FileDescriptor ClaimStart()
    {
        File.Move(StartSocket, Path.Combine(Directory.Path, ClaimedName));
        using var directory = FileDescriptor.Open(Directory.Path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        return UnixSocket.Connect($"{directory.ProcPath}/{ClaimedName}", blocking: true);
    }

    /// <summary>What each step is called, for a <c>start</c> that has to tell of one that failed.</summary>
    public void WriteSteps(IReadOnlyList<PlanEntry> plan)
    {
        var lines = plan.Select(e => string.Create(
            CultureInfo.InvariantCulture, $"{(int)e.Op} {Program(e) ?? e.What}").ReplaceLineEndings(" "));
        File.WriteAllText(StepsFile, string.Join('\n', lines), Encoding.UTF8);
    }

    public IReadOnlyList<PlanEntry> ReadSteps() => [.. File.ReadLines(StepsFile, Encoding.UTF8).Select(ReadStep)];

    /// <summary>Visible whole or not at all: who waits for it must not read half a number.</summary>
    public static void WritePid(string? path, int pid)
    {
        if (path is null)
            return;
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Environment.ProcessId}");
        File.WriteAllText(temporary, pid.ToString(CultureInfo.InvariantCulture));
        File.Move(temporary, full, overwrite: true);
    }

    private static string? Program(PlanEntry entry) =>
        entry.Op is PlanOp.Execute or PlanOp.FindProgram ? entry.Text1 ?? entry.Arguments?[0] : null;

    private static PlanEntry ReadStep(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var text = line[(space + 1)..];
        var op = (PlanOp)int.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture);
        return new PlanEntry(op, text) { Text1 = text };
    }
}
