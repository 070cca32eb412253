using Orchestrator.Build.Execution;
using Orchestrator.Engine.Running;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Engine.Building;

/// <summary>What steps mount of the host, for a daemon whose containers have users of their own: root's is root's there
/// too.</summary>
/// <param name="root">Has a folder for each step that runs.</param>
internal sealed class RemappedMounts(RootMounter roots, string root)
{
    /// <returns>The step, with what it is to mount in place of what it was given.</returns>
    public StepRun Enter(StepRun run)
    {
        if (!roots.Remaps || run.Mounts.All(mount => mount.Source is null))
            return run;
        var folder = Path.Combine(root, run.Key);
        Directory.CreateDirectory(folder);
        return run with
        {
            Mounts =
            [
                .. run.Mounts.Select((mount, i) => mount.Source is { } source
                    ? mount with { Source = Mount(source, Path.Combine(folder, $"{i}")) } : mount),
            ],
        };
    }

    public void Leave(string key)
    {
        if (roots.Remaps)
            Remove(Path.Combine(root, key));
    }

    /// <summary>Removes what steps of an earlier daemon had.</summary>
    public void Sweep() => Remove(root);

    private string Mount(string source, string target)
    {
        using var tree = MountTree.Clone(source, recursive: false);
        try
        {
            roots.GiveUsers(tree);
        }
        catch (LinuxException e) when (e.Errno is Errno.EINVAL or Errno.ENOTSUP)
        {
            return source; // Of several layers stacked: overlayfs cannot; its files are nobody's there, to be read by all.
        }

        if (Directory.Exists(source))
            Directory.CreateDirectory(target);
        else
            File.WriteAllBytes(target, []);
        MountTree.Attach(tree, target);
        return target;
    }

    private static void Remove(string folder)
    {
        foreach (var mount in MountPointTable.Below(folder))
            MountCalls.TryUnmount(mount, detach: true);
        DirectoryTree.Delete(folder);
    }
}
