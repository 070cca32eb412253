using System.Globalization;
using System.Text.Json;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Shim.Backends;

/// <summary>Another OCI runtime. Its processes become children of ours when its own have ended: the shim is a subreaper.
/// </summary>
/// <remarks>
/// <code>
/// create --bundle --pid-file [--console-socket] → start → exec --detach --process … → kill → delete --force
/// </code>
/// Each command runs to its end on the shim's thread, so none of its children is reaped by mistake.</remarks>
internal sealed class ForeignBackend : IContainerBackend
{
    private const string KillSignal = "9";

    private readonly ForeignProgram program;
    private readonly string id, bundle, folder;
    private int commands, pid;

    private ForeignBackend(ForeignProgram program, ShimOptions options, RuntimeSpec spec)
    {
        (this.program, Spec, id, bundle) = (program, spec, options.Id, options.Bundle);
        CgroupsPath = PreparedBundle.PathOf(spec, $"{options.CgroupParent}/{options.Id}");
        folder = Path.Combine(options.State, "runtime");
    }

    public RuntimeSpec Spec { get; }

    public CgroupSet Cgroups => CgroupSet.Existing(CgroupLayout.Detect(), CgroupsPath);

    public string CgroupsPath { get; }

    public bool HasPidNamespace => (Spec.Linux?.Namespaces ?? []).Any(n => n is { Type: "pid", Path: null });

    public static ForeignBackend Open(ForeignProgram program, ShimOptions options) =>
        new(program, options, BundleDirectory.Read(options.Bundle));

    public int Create(ProcessStreams streams)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        return pid = Launch(streams, ["create", "--bundle", bundle], [id]);
    }

    public void Start()
    {
        try
        {
            Run("start", id);
        }
        catch (RuntimeException)
        {
            KillAll();
            Child.Reap(pid);
            throw;
        }
    }

    public int Exec(ProcessSpec process, int containerPid, ProcessStreams streams)
    {
        var file = NextFile("process.json");
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(process, BundleJson.Default.ProcessSpec));
        try
        {
            return Launch(streams, ["exec", "--detach", "--process", file], [id]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Its business: the first process may be the monitor of a virtual machine.</summary>
    public void Signal(ShimProcess main, int signal) =>
        Run("kill", id, signal.ToString(CultureInfo.InvariantCulture));

    public void Pause() => Run("pause", id);

    public void Resume() => Run("resume", id);

    public void Update(ResourcesSpec resources)
    {
        var file = NextFile("resources.json");
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(resources, BundleJson.Default.ResourcesSpec));
        try
        {
            Run("update", "--resources", file, id);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public void KillAll()
    {
        program.TryRun(folder, "kill", id, KillSignal);
        Cgroups.KillAll();
    }

    public void Remove()
    {
        program.TryRun(folder, "delete", "--force", id);
        Cgroups.Remove(); // Of a runtime that did not get that far.
    }

    public void Removed()
    {
        // Hooks were its business.
    }

    public void Dispose()
    {
    }

    private void Run(params string[] command) => program.Run(folder, streams: null, command);

    /// <returns>The pid that the command left behind.</returns>
    private int Launch(ProcessStreams streams, string[] command, string[] words)
    {
        var pidFile = NextFile("pid");
        using var console = streams.IsTerminal ? new ForeignConsole(NextFile("tty")) : null;
        string[] terminal = console is null ? [] : ["--console-socket", console.Path];
        program.Run(folder, streams.ForChild, [.. command, "--pid-file", pidFile, .. terminal, .. words]);
        streams.Started(console?.Receive());
        var made = int.Parse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture);
        File.Delete(pidFile);
        return made;
    }

    /// <summary>Beside the runtime's own, short enough for the address of a socket.</summary>
    private string NextFile(string name) => Path.Combine(
        Path.GetDirectoryName(folder)!, string.Create(CultureInfo.InvariantCulture, $"{++commands}.{name}"));
}
