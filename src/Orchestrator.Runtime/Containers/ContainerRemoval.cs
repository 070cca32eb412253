using Orchestrator.Linux;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Commands;
using Orchestrator.Runtime.Hooks;

namespace Orchestrator.Runtime.Containers;

/// <summary>Takes away all that is left of a container nobody is the parent of any more.</summary>
internal static class ContainerRemoval
{
    private const int Sigkill = 9, Attempts = 1000;

    public static void Remove(Container container)
    {
        // Read again each time: a creator has written down by now that it is at work, and what it has made.
        for (; ; container = container.Reread())
        {
            container = EndCreator(container);
            var spec = TryReadSpec(container);
            EndProcesses(container);
            RemoveCgroups(container);
            if (!TryDelete(container.Directory.Path))
                continue;
            if (spec is not null)
                ContainerHooks.Removed(spec, container.HookState, CommandLine.Warn);
            return;
        }
    }

    private static void RemoveCgroups(Container container)
    {
        try
        {
            container.Cgroups.Remove();
        }
        catch (LinuxException e) when (e.Errno == Errno.EBUSY)
        {
            // An init whose runtime was killed may have come into it only now.
            container.Cgroups.KillAll();
            container.Cgroups.Remove();
        }
    }

    /// <returns>False: a creator that had not written yet that it is at work has put a file there meanwhile; it has to
    /// be ended first, and what it has made since must go, too.</returns>
    private static bool TryDelete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Such a creator failed for that, and took it back itself.
        }
        catch (IOException e) when (e.HResult == (int)Errno.ENOTEMPTY)
        {
            return false;
        }

        return true;
    }

    /// <returns>Null: the bundle is gone, and it was made by one who kept no copy.</returns>
    private static RuntimeSpec? TryReadSpec(Container container)
    {
        try
        {
            return container.Spec;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or RuntimeException)
        {
            return null;
        }
    }

    /// <summary>Or it would go on making what is removed here. Its init ends by itself then.</summary>
    /// <returns>What it has written last.</returns>
    private static Container EndCreator(Container container)
    {
        using var creator = container.TryOpenCreator();
        if (creator is null)
            return container;
        creator.TrySignal(Sigkill);
        for (var i = 0; i < Attempts && container.HasCreator; i++)
            Thread.Sleep(Math.Min(1 + (i / 10), 10));
        return container.Reread();
    }

    /// <summary>With a pid namespace of its own the kernel ends all with pid 1. Without, or when pid 1 was never known,
    /// the cgroup says who belongs to the container.</summary>
    private static void EndProcesses(Container container)
    {
        var killed = Kill(container);
        if (!killed || !OwnsPids(container))
            KillAll(container);
        for (var i = 0; i < Attempts && container.Lives; i++)
            Thread.Sleep(Math.Min(1 + (i / 10), 10));
        if (container.Lives)
            throw new RuntimeException($"container {container.Id}: pid {container.State.Pid} does not end after SIGKILL");
    }

    private static bool Kill(Container container)
    {
        using var process = container.TryOpenProcess();
        if (process is null)
            return false;
        process.TrySignal(Sigkill);
        Thaw(container);
        return true;
    }

    private static bool OwnsPids(Container container) =>
        (TryReadSpec(container)?.Linux?.Namespaces ?? []).Any(n => n is { Type: "pid", Path: null });

    /// <summary>v1's freezer holds back even SIGKILL.</summary>
    private static void Thaw(Container container)
    {
        var cgroups = container.Cgroups;
        if (cgroups.IsFrozen())
            cgroups.Thaw();
    }

    private static void KillAll(Container container)
    {
        var cgroups = container.Cgroups;
        if (cgroups.Processes().Count > 0)
            cgroups.KillAll();
    }
}
