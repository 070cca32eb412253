using Orchestrator.Init;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>The end of every plan: who the process is, what it may, what it executes.</summary>
internal static class ProcessPlan
{
    private static readonly string[] Limits =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC",
        "RLIMIT_NOFILE", "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE",
        "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    /// <summary>A process that joins a running container.</summary>
    /// <param name="containerPid">Of the one whose namespaces it joins.</param>
    /// <param name="namespaces">Those the container does not share with the host.</param>
    public static IReadOnlyList<PlanEntry> ForExec(
        ProcessSpec process, CgroupSet cgroups, int containerPid, NamespaceKinds namespaces, ulong available) =>
    [
        .. Scheduling.Affinity(process.ExecCpuAffinity?.Initial, "process.execCPUAffinity.initial"),
        .. EnterCgroups(cgroups, cgroups.UnifiedDirectoryBeside(containerPid)),
        .. OomScore(process),
        Join(namespaces & ~NamespaceKinds.User),
        new(PlanOp.Fork, "start the process"),
        // After the birth into the cgroup, for which root of a user namespace has no right.
        .. namespaces.HasFlag(NamespaceKinds.User)
            ? [Join(NamespaceKinds.User), new(PlanOp.BecomeRoot, "become root of the user namespace")]
            : Array.Empty<PlanEntry>(),
        new(PlanOp.OpenRoot, "open the container's root"),
        process.Terminal ? Terminal(process, 0) : new(PlanOp.Session, "new session"),
        .. Scheduling.Affinity(process.ExecCpuAffinity?.Final, "process.execCPUAffinity.final"),
        .. Identity(process, available, namespaces.HasFlag(NamespaceKinds.User), makesDirectory: false),
        Execute(process),
    ];

    public static IEnumerable<PlanEntry> OomScore(ProcessSpec process)
    {
        if (process.OomScoreAdj is { } score)
            yield return new(PlanOp.WriteFile, $"set oom_score_adj {score}")
            {
                Text1 = "/proc/self/oom_score_adj", Text2 = $"{score}",
            };
    }

    private static PlanEntry Join(NamespaceKinds kinds) =>
        new(PlanOp.JoinProcess, $"join the container's namespaces ({kinds.Names()})")
        {
            A = InitFd.FirstExtra, B = (long)kinds,
        };

    /// <summary>Set once this kernel was seen to kill what is born into a cgroup; see InitProcess.StartReady.</summary>
    public static bool MovesIntoUnified { get; set; }

    /// <summary>The v1 ones; into the v2 one the child is born.</summary>
    public static IEnumerable<PlanEntry> EnterCgroups(CgroupSet cgroups, string? unified)
    {
        foreach (var file in cgroups.TasksFiles)
            yield return new(PlanOp.JoinCgroup, $"enter cgroup {file}") { Text1 = file };
        if (unified is null)
            yield break;
        if (MovesIntoUnified)
            yield return new(PlanOp.JoinCgroup, $"enter cgroup {unified}") { Text1 = $"{unified}/cgroup.procs" };
        else
            yield return new(PlanOp.OpenCgroup, $"open cgroup {unified}") { Text1 = unified };
    }

    public static PlanEntry Terminal(ProcessSpec process, int flags) => new(PlanOp.Terminal, "make a terminal")
    {
        A = process.ConsoleSize is { } size ? size.Height | ((long)size.Width << 32) : 0, Flags = flags,
    };

    /// <summary>Limits before privileges go, groups before the user, capabilities after it, and the program is looked
    /// for as the user that will run it.</summary>
    /// <param name="hasUser">In a user namespace, whose root may not raise limits: the runtime sets them.</param>
    /// <param name="makesDirectory">As runc: a container's own is made, an exec's must be there.</param>
    public static IEnumerable<PlanEntry> Identity(
        ProcessSpec process, ulong available, bool hasUser, bool makesDirectory)
    {
        if (process.Args.Length == 0)
            throw new RuntimeException("no command specified");
        if (hasUser && process.Rlimits is { Length: > 0 })
            yield return new(PlanOp.Ask, "set limits") { A = (long)InitRequest.Limits };
        foreach (var limit in hasUser ? [] : process.Rlimits ?? [])
            yield return Limit(limit);
        foreach (var step in Scheduling.Build(process, hasUser))
            yield return step;
        yield return new(PlanOp.Umask, "set umask") { A = process.User.Umask ?? 0x12 };
        yield return new(PlanOp.ChangeDirectory, $"chdir to cwd (\"{process.Cwd}\") set in config.json failed")
        {
            Text1 = Directory(process.Cwd), A = makesDirectory ? 1 : 0,
        };
        if (process.NoNewPrivileges)
            yield return new(PlanOp.NoNewPrivileges, "forbid new privileges");
        var sets = process.Capabilities ?? new CapabilitySets();
        yield return new(PlanOp.BoundingSet, "drop capabilities") { A = Set(sets.Bounding, available) };
        yield return new(PlanOp.Identity, $"become user {process.User.Uid}:{process.User.Gid}")
        {
            A = process.User.Uid, B = process.User.Gid, Groups = process.User.AdditionalGids ?? [],
        };
        yield return new(PlanOp.Capabilities, "set capabilities")
        {
            A = Set(sets.Effective, available),
            B = Set(sets.Permitted, available),
            C = Set(sets.Inheritable, available),
            // The kernel raises only what is inheritable too; runc's own template asks for more and gets less.
            Ambient = (ulong)(Set(sets.Ambient, available) & Set(sets.Inheritable, available)),
        };
        yield return new(PlanOp.FindProgram, $"find {process.Args[0]}")
        {
            Text1 = process.Args[0], Text2 = SearchPath(process.Env),
        };
    }

    public static PlanEntry Execute(ProcessSpec process) =>
        new(PlanOp.Execute, $"execute {process.Args[0]}") { Arguments = process.Args, Environment = process.Env ?? [] };

    /// <summary>RLIMIT_* by name; negative: there is none.</summary>
    public static int Resource(string type) => Array.IndexOf(Limits, type);

    private static PlanEntry Limit(RlimitSpec limit)
    {
        var resource = Resource(limit.Type);
        if (resource < 0)
            throw new RuntimeException($"unknown rlimit \"{limit.Type}\"");
        return new(PlanOp.Limit, $"set {limit.Type} {limit.Soft}:{limit.Hard}")
        {
            A = resource, B = (long)limit.Soft, C = (long)limit.Hard,
        };
    }

    /// <summary>"All capabilities" are those the daemon has: more cannot be given.</summary>
    private static long Set(string[]? names, ulong available) => (long)(Capabilities.Parse(names) & available);

    private static string Directory(string cwd) => cwd.Length == 0 ? "/" : cwd.StartsWith('/')
        ? cwd
        : throw new RuntimeException($"working directory \"{cwd}\" is not absolute");

    private static string? SearchPath(string[]? environment) =>
        environment?.LastOrDefault(e => e.StartsWith("PATH=", StringComparison.Ordinal))?[5..];
}
