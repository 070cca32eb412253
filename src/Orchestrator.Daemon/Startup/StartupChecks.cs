using Orchestrator.Linux;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Daemon.Startup;

/// <summary>What orchd needs of its host, looked at before anything is made.</summary>
internal static class StartupChecks
{
    private static readonly (string Kind, string What)[] Namespaces =
    [
        ("pid", "PID"), ("mnt", "mount"), ("uts", "UTS"), ("ipc", "IPC"), ("net", "network"), ("cgroup", "cgroup"),
    ];

    public static void CheckPrivileges()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new StartupException("orchd needs root: start it with sudo, or as the systemd service orchd");
    }

    public static void CheckKernel()
    {
        foreach (var (kind, what) in Namespaces)
        {
            if (!File.Exists($"/proc/self/ns/{kind}"))
                throw new StartupException(
                    $"this kernel has no {what} namespaces, which containers need; boot one with "
                    + $"CONFIG_{what.ToUpperInvariant()}_NS");
        }

        if (!Directory.Exists("/sys/fs/cgroup") || !Directory.EnumerateFileSystemEntries("/sys/fs/cgroup").Any())
            throw new StartupException(
                "no cgroups are mounted on /sys/fs/cgroup; mount them: mount -t cgroup2 none /sys/fs/cgroup");
    }

    /// <summary>
    /// Mounts an overlay for a moment: the one test that also finds a data root overlayfs cannot write to.
    /// </summary>
    public static void CheckOverlay(string dataRoot)
    {
        var probe = Path.Combine(dataRoot, $".overlay-probe-{Environment.ProcessId}");
        var (lower, upper, work, merged) =
            (Path.Combine(probe, "l"), Path.Combine(probe, "u"), Path.Combine(probe, "w"), Path.Combine(probe, "m"));
        try
        {
            foreach (var folder in new[] { lower, upper, work, merged })
                Directory.CreateDirectory(folder);
            MountCalls.Mount(
                "overlay", merged, "overlay", MountFlags.None, $"lowerdir={lower},upperdir={upper},workdir={work}");
            MountCalls.Unmount(merged);
        }
        catch (LinuxException e)
        {
            throw new StartupException(e.Errno == Errno.ENODEV
                ? "this kernel has no overlayfs, which images need; load it: modprobe overlay"
                : $"overlayfs cannot be used in {dataRoot} ({e.Errno}); set --data-root to "
                    + "a folder on ext4, xfs or btrfs", e);
        }
        catch (IOException e)
        {
            throw new StartupException($"the data root {dataRoot} cannot be written to: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(probe))
                Directory.Delete(probe, recursive: true);
        }
    }
}
