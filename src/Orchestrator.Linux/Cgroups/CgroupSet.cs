using System.Globalization;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Cgroups;

/// <summary>One container's cgroup: a directory of the same path in each hierarchy.</summary>
/// <remarks>Limits go where the controller is; freeze and kill to v2 wherever one is mounted, for there both are one
/// atomic write, and to v1's freezer otherwise.</remarks>
public sealed class CgroupSet
{
    private static readonly string[] Usual = ["cpu", "cpuset", "memory", "pids", "io"];

    private readonly string path;
    private readonly List<CgroupHierarchy> used;
    private readonly string[] extra;
    private HashSet<string>? unifiedControllers;

    /// <param name="path">Below each mount point, as <c>/orch/ID</c>; the first slash may be missing.</param>
    /// <param name="controllers">Wanted besides the usual ones: cpuset of v1, where a new cgroup is unusable until
    /// filled in, and those of v2 that few containers need (hugetlb, rdma).</param>
    /// <exception cref="ArgumentException">The path leaves the hierarchy, or is its root.</exception>
    public CgroupSet(CgroupLayout layout, string path, params string[] controllers)
        : this(layout, Checked(path), controllers, h =>
            h.IsV2 || (h.Controllers.Count > 0
                && (controllers.Contains("cpuset") || !h.Controllers.Contains("cpuset"))))
    {
    }

    private CgroupSet(CgroupLayout layout, string path, string[] extra, Func<CgroupHierarchy, bool> use)
    {
        Layout = layout;
        this.path = path;
        this.extra = extra;
        used = [.. layout.Hierarchies.Where(use)];
    }

    /// <summary>A cgroup somebody made, in whichever hierarchies it is now.</summary>
    /// <exception cref="ArgumentException">The path leaves the hierarchy, or is its root.</exception>
    public static CgroupSet Existing(CgroupLayout layout, string path)
    {
        var names = Checked(path);
        return new(layout, names, [], h => System.IO.Directory.Exists($"{h.MountPoint}/{names}"));
    }

    public CgroupLayout Layout { get; }

    /// <summary>Writing "0" to each puts a single-threaded writer into the cgroup's v1 half. Not cgroup.procs: moving a
    /// process waits until every CPU has passed through the scheduler (10 ms and more), moving one's own thread does
    /// not.
    /// </summary>
    public IEnumerable<string> TasksFiles
    {
        get
        {
            foreach (var hierarchy in used)
            {
                if (!hierarchy.IsV2)
                    yield return $"{Directory(hierarchy)}/tasks";
            }
        }
    }

    /// <summary>For clone3's CLONE_INTO_CGROUP; null: there is no v2 hierarchy.</summary>
    public string? UnifiedDirectory => used.FirstOrDefault(h => h.IsV2) is { } hierarchy ? Directory(hierarchy) : null;

    /// <summary>As <see cref="UnifiedDirectory"/>, for one that joins process <paramref name="pid"/>: a cgroup that the
    /// container has split up, with controllers handed down, can hold no process itself; the one below that
    /// <paramref name="pid"/> has gone to can.</summary>
    public string? UnifiedDirectoryBeside(int pid)
    {
        const string unifiedLine = "0::";
        if (used.FirstOrDefault(h => h.IsV2) is not { } hierarchy)
            return null;
        var own = Directory(hierarchy);
        if (Words($"{own}/cgroup.subtree_control").Length == 0)
            return own;
        var lines = (SmallFile.TryRead($"/proc/{pid}/cgroup") ?? "").Split('\n');
        var line = lines.FirstOrDefault(l => l.StartsWith(unifiedLine, StringComparison.Ordinal)) ?? unifiedLine;
        var its = hierarchy.MountPoint + line[unifiedLine.Length..];
        return its.StartsWith($"{own}/", StringComparison.Ordinal) && System.IO.Directory.Exists(its) ? its : own;
    }

    /// <summary>Writing a pid to each moves that process into the cgroup; "0" is the writer.</summary>
    public IEnumerable<string> ProcsFiles => used.Select(h => $"{Directory(h)}/cgroup.procs");

    /// <summary>Its directory in each hierarchy, beside that hierarchy's name.</summary>
    public IEnumerable<(string Name, string Path)> Directories
    {
        get
        {
            foreach (var hierarchy in used)
                yield return (hierarchy.Name, Directory(hierarchy));
        }
    }

    /// <summary>Makes the directories; those there already are taken over.</summary>
    public void Create()
    {
        foreach (var hierarchy in used)
            Create(hierarchy);
    }

    /// <summary>Has the cgroup in this controller's v1 hierarchy too, if there is one, with its processes.</summary>
    public void Extend(string controller)
    {
        if (Layout.Of(controller) is not { IsV2: false } hierarchy || used.Contains(hierarchy))
            return;
        Create(hierarchy);
        foreach (var pid in Processes())
            MoveIfAlive(pid, hierarchy);
        used.Add(hierarchy);
    }

    /// <summary>The directory of a controller, or null: this host has it not, or we do not use it.</summary>
    public (string Path, bool IsV2)? For(string controller)
    {
        if (used.FirstOrDefault(h => h.Controllers.Contains(controller)) is not { } hierarchy)
            return null;
        var directory = Directory(hierarchy);
        if (!hierarchy.IsV2)
            return (directory, false);
        unifiedControllers ??= [.. Words($"{directory}/cgroup.controllers")];
        return unifiedControllers.Contains(controller) ? (directory, true) : null;
    }

    /// <summary>Stops every process where it is; returns when all are.</summary>
    public void Freeze() => SetFrozen(true);

    public void Thaw() => SetFrozen(false);

    /// <summary>Whether it is frozen, by whomever.</summary>
    public bool IsFrozen() =>
        UnifiedDirectory is { } unified && File.Exists($"{unified}/cgroup.freeze")
            ? CgroupFile.Number($"{unified}/cgroup.freeze") == 1
            : For("freezer") is ({ } directory, false)
                && CgroupFile.TryRead($"{directory}/freezer.state")?.Trim() is "FROZEN" or "FREEZING";

    /// <summary>
    /// SIGKILL to every process, also to those that fork meanwhile. They may still be dying on return.
    /// </summary>
    public void KillAll()
    {
        if (UnifiedDirectory is { } unified && File.Exists($"{unified}/cgroup.kill"))
            CgroupFile.Write($"{unified}/cgroup.kill", "1");
        else
            KillByFreezing();
    }

    /// <summary>Pids in this cgroup and below, in this process's pid namespace.</summary>
    public IReadOnlyList<int> Processes()
    {
        var directory = UnifiedDirectory ?? (used.Count > 0 ? Directory(used[0]) : null);
        return directory is null || !System.IO.Directory.Exists(directory) ? [] : ProcessesBelow(directory);
    }

    public long OomKills() => For("memory") switch
    {
        ({ } directory, true) => (long)CgroupFile.Table($"{directory}/memory.events").GetValueOrDefault("oom_kill"),
        ({ } directory, false) =>
            (long)CgroupFile.Table($"{directory}/memory.oom_control").GetValueOrDefault("oom_kill"),
        _ => 0,
    };

    public CgroupCounters Counters() => CounterReader.Read(this);

    /// <summary>Removes the cgroup with what the container made below. It must have no process left; those still dying
    /// are waited for. Parents made for it go too, after the last one in them.</summary>
    /// <exception cref="LinuxException">EBUSY: processes live in it.</exception>
    public void Remove()
    {
        foreach (var hierarchy in used)
        {
            CgroupRemoval.Remove(Directory(hierarchy));
            CgroupDirectory.RemoveParents(hierarchy.MountPoint, path);
        }
    }

    private static string Checked(string path)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0 || names.Any(n => n is "." or ".." || n.Any(char.IsControl)))
            throw new ArgumentException($"\"{path}\" is no cgroup of its own; use a path such as /orch/ID");
        return string.Join('/', names);
    }

    private string Directory(CgroupHierarchy hierarchy) => $"{hierarchy.MountPoint}/{path}";

    private static List<int> ProcessesBelow(string directory)
    {
        var pids = (CgroupFile.TryRead($"{directory}/cgroup.procs") ?? "")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToList();
        foreach (var child in System.IO.Directory.EnumerateDirectories(directory))
            pids.AddRange(ProcessesBelow(child));
        return pids;
    }

    private void Create(CgroupHierarchy hierarchy)
    {
        var wanted = hierarchy.IsV2 ? Usual.Concat(extra).Intersect(hierarchy.Controllers).ToArray() : [];
        CgroupDirectory.Make(
            hierarchy.MountPoint, path, wanted.Length == 0 ? _ => { } : directory => Enable(directory, wanted));
        unifiedControllers = null;
        if (hierarchy.IsV2 && CgroupFile.TryRead($"{Directory(hierarchy)}/cgroup.type")?.Trim() == "domain invalid")
            throw new IOException(
                $"{Directory(hierarchy)} is below a threaded cgroup and can hold no container; choose another path");
        if (hierarchy is { IsV2: false } && hierarchy.Controllers.Contains("cpuset"))
            CpusetV1.Inherit(hierarchy.MountPoint, path);
    }

    /// <summary>v2 hands a controller down level by level, through cgroup.subtree_control of each ancestor.</summary>
    /// <remarks>One with processes of its own hands on none: most are refused, but the few that may be threaded are
    /// not, and with them the cgroups below could hold no process any more ("domain invalid"). What is not handed on is
    /// missed only by who needs it.</remarks>
    private static void Enable(string directory, string[] wanted)
    {
        var missing = wanted.Except(Words($"{directory}/cgroup.subtree_control"))
            .Intersect(Words($"{directory}/cgroup.controllers")).ToArray();
        var isRoot = !File.Exists($"{directory}/cgroup.type");
        if (missing.Length == 0 || (!isRoot && CgroupFile.TryRead($"{directory}/cgroup.procs") is not ""))
            return;
        try
        {
            CgroupFile.Write($"{directory}/cgroup.subtree_control", string.Join(' ', missing.Select(c => $"+{c}")));
        }
        catch (LinuxException) when (System.IO.Directory.Exists(directory))
        {
            // A process came in meanwhile.
        }
    }

    private static string[] Words(string file) =>
        (CgroupFile.TryRead(file) ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private void MoveIfAlive(int pid, CgroupHierarchy hierarchy)
    {
        try
        {
            CgroupFile.Write($"{Directory(hierarchy)}/cgroup.procs", $"{pid}");
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH)
        {
            // It has just ended.
        }
    }

    private void SetFrozen(bool frozen)
    {
        if (UnifiedDirectory is { } unified && File.Exists($"{unified}/cgroup.freeze"))
        {
            CgroupFile.Write($"{unified}/cgroup.freeze", frozen ? "1" : "0");
            Await(() => (CgroupFile.Table($"{unified}/cgroup.events").GetValueOrDefault("frozen") == 1) == frozen);
        }
        else if (For("freezer") is ({ } directory, false))
        {
            var state = frozen ? "FROZEN" : "THAWED";
            CgroupFile.Write($"{directory}/freezer.state", state);
            Await(() => CgroupFile.TryRead($"{directory}/freezer.state")?.Trim() == state);
        }
        else
        {
            throw new LinuxException("freeze", path, Errno.ENOTSUP);
        }
    }

    /// <summary>v1: a frozen process does not die of SIGKILL before it is thawed, so: freeze that none forks, signal
    /// all, thaw, and look again.</summary>
    private void KillByFreezing()
    {
        const int sigkill = 9;
        for (var round = 0; round < 10 && Processes() is { Count: > 0 }; round++)
        {
            if (For("freezer") is not null)
                Freeze();
            foreach (var pid in Processes())
                Linux.Processes.ThisProcess.Kill(pid, sigkill);
            if (For("freezer") is not null)
                Thaw();
        }
    }

    private static void Await(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
            Thread.Sleep(Math.Min(1 + (i / 10), 10));
    }
}
