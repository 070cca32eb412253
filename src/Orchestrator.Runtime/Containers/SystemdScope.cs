using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Linux.Systemd;

namespace Orchestrator.Runtime.Containers;

/// <summary>A scope of systemd's for one container, kept open by a process that stands in until the container's first
/// is there.</summary>
/// <remarks>What systemd hands over is what is below the scope; the limits of the scope's own cgroup stay systemd's. So
/// the container is one level below, as <c>container</c>.</remarks>
internal sealed class SystemdScope : IDisposable
{
    /// <summary>The stand-in's command: it waits until its standard input ends.</summary>
    public const string StandIn = "stand-in";

    private const int Attempts = 500;

    private readonly int pid;
    private readonly FileDescriptor hold;

    private SystemdScope(int pid, FileDescriptor hold, string cgroupsPath)
    {
        (this.pid, this.hold, CgroupsPath) = (pid, hold, cgroupsPath);
    }

    /// <summary>Where the container goes.</summary>
    public string CgroupsPath { get; }

    /// <param name="given">linux.cgroupsPath as <c>slice:prefix:name</c>; null: a default.</param>
    /// <exception cref="RuntimeException">systemd does not run here, or refuses.</exception>
    public static SystemdScope Start(string? given, string id)
    {
        var (slice, unit) = Names(given, id);
        if (!SystemdManager.Runs)
            throw new RuntimeException("--systemd-cgroup: systemd does not run here; leave the flag out, and give "
                + "linux.cgroupsPath as a path such as /orch/ID");
        if (CgroupLayout.Detect() is not { IsUnified: true } layout)
            throw new RuntimeException("--systemd-cgroup: needs a host with cgroup v2 alone; leave the flag out, and "
                + "give linux.cgroupsPath as a path such as /orch/ID");
        var (read, hold) = FileDescriptor.Pipe();
        using (read)
        {
            var pid = Child.Spawn(Environment.ProcessPath!, ["orch-runtime", StandIn], read);
            try
            {
                return new(pid, hold, Enter(layout.Unified!.MountPoint, slice, unit, id, pid));
            }
            catch (Exception e)
            {
                hold.Dispose();
                Child.Reap(pid);
                throw e is IOException ? new RuntimeException($"--systemd-cgroup: {e.Message}") : e;
            }
        }
    }

    /// <summary>The stand-in goes. The scope stays if the container is in it, and goes too otherwise.</summary>
    public void Dispose()
    {
        hold.Dispose();
        Child.Reap(pid);
    }

    /// <summary>The slice, and the scope in it, that <c>slice:prefix:name</c> stands for.</summary>
    internal static (string Slice, string Unit) Names(string? given, string id)
    {
        if (given is not { Length: > 0 })
            return ("system.slice", $"orch-{id}.scope");
        if (given.Split(':') is not [var slice, var prefix, { Length: > 0 } name]
            || given.Contains('/', StringComparison.Ordinal))
            throw new RuntimeException($"linux.cgroupsPath is {given}: with --systemd-cgroup it is SLICE:PREFIX:NAME, "
                + $"as system.slice:orch:{id}");
        return (slice.Length == 0 ? "system.slice" : slice, $"{(prefix.Length == 0 ? "" : prefix + "-")}{name}.scope");
    }

    private static string Enter(string mountPoint, string slice, string unit, string id, int pid)
    {
        using (var systemd = SystemdManager.Connect())
            systemd.StartScope(unit, slice, $"Container {id}", pid);
        var scope = AwaitScope(pid, unit);
        // Down out of the scope's own cgroup, which can hand on controllers only when nobody is in it.
        var path = $"{scope}/container";
        Directory.CreateDirectory(mountPoint + path);
        File.WriteAllText($"{mountPoint}{path}/cgroup.procs", $"{pid}");
        return path;
    }

    private static string AwaitScope(int pid, string unit)
    {
        for (var i = 0; i < Attempts; i++)
        {
            var path = File.ReadLines($"/proc/{pid}/cgroup")
                .FirstOrDefault(l => l.StartsWith("0::", StringComparison.Ordinal))?[3..] ?? "";
            if (path.EndsWith($"/{unit}", StringComparison.Ordinal))
                return path;
            Thread.Sleep(Math.Min(1 + (i / 10), 20));
        }

        throw new IOException($"systemd has not made {unit} within ten seconds; see systemctl status {unit}");
    }
}
