using Orchestrator.Init;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Hooks;

namespace Orchestrator.Runtime.Plans;

/// <summary>config.json → the steps that make the container. Pure: reads nothing but its arguments.</summary>
/// <remarks>Order is the point:
/// <code>
/// cgroups → namespaces → fork ─┬─ parent reports the child's pid and ends
/// └─ root → mounts → nodes → hooks → terminal → masks → pivot → names, limits → identity → hooks → execute
/// </code>
/// Cgroups come first, so that nothing runs unlimited and the cgroup namespace shows this very cgroup as its root. All
/// paths of the container are resolved before the pivot, through its root's fd, while the host's /proc is still there.
/// </remarks>
internal static class ContainerPlan
{
    /// <param name="state">The container, as its hooks are told; relative paths of the spec start at its bundle.</param>
    /// <param name="cgroups">Made already; entered first.</param>
    /// <param name="available">Capabilities this process may hand on.</param>
    /// <param name="waitForStart">Stop before execve until told.</param>
    /// <param name="files">What was opened for it: for a user namespace root, devices and the sources of binds.</param>
    public static IReadOnlyList<PlanEntry> Build(
        RuntimeSpec spec, HookState state, CgroupSet cgroups, ulong available, bool waitForStart, PlanFiles files)
    {
        var process = spec.Process ?? throw new RuntimeException("config.json has no process");
        var linux = spec.Linux ?? new LinuxSpec();
        if (!(linux.Namespaces ?? []).Any(n => n.Type == "mount"))
            throw new RuntimeException(
                "a container needs a mount namespace; add {\"type\": \"mount\"} to linux.namespaces");
        var hasUser = NamespacePlan.HasUser(linux);
        var privileged = hasUser ? WhilePrivileged(spec, linux, ref files) : [];
        List<PlanEntry> plan =
        [
            .. ProcessPlan.EnterCgroups(cgroups, cgroups.UnifiedDirectory),
            .. ProcessPlan.OomScore(process),
            .. NamespacePlan.Build(linux, files, privileged),
            .. NamespacePlan.Cgroup(linux),
            .. process.Terminal ? Array.Empty<PlanEntry>() : [new(PlanOp.Session, "new session")],
            .. FileSystem(spec, linux, process, state, cgroups, files),
            .. Personality(linux),
            .. hasUser && !NamespacePlan.IsNew(linux, "uts") ? [] : Names(spec, linux),
            .. ProcessPlan.Identity(process, available, hasUser, makesDirectory: true),
        ];
        if (waitForStart)
            plan.Add(new(PlanOp.WaitForStart, "wait for start"));
        plan.AddRange(HookPlan.BeforeExecute(spec, state));
        if (spec.Annotations?.GetValueOrDefault(RuntimeSpec.ReaperAnnotation) == "true")
            plan.Add(new(PlanOp.Reaper, "start an init"));
        plan.Add(ProcessPlan.Execute(process));
        return plan;
    }

    /// <summary>What is done in a namespace of the host's, or of another container, by whom it belongs to: root of a
    /// user namespace has no power over it.</summary>
    private static List<PlanEntry> WhilePrivileged(RuntimeSpec spec, LinuxSpec linux, ref PlanFiles files)
    {
        List<PlanEntry> steps = [.. Sysctls(linux, ofNew: false)];
        if (!NamespacePlan.IsNew(linux, "uts"))
            steps.AddRange(Names(spec, linux));
        foreach (var (index, mount) in (spec.Mounts ?? []).Index())
        {
            if (MountPlan.NamespaceShown(mount) is not { } shown || NamespacePlan.IsNew(linux, shown))
                continue;
            steps.Add(MountPlan.Prepare(mount, files.Next));
            files = files with { Mounts = files.Mounts.Add(index, files.Next), Next = files.Next + 1 };
        }

        return steps;
    }

    private static IEnumerable<PlanEntry> FileSystem(
        RuntimeSpec spec, LinuxSpec linux, ProcessSpec process, HookState state, CgroupSet cgroups, PlanFiles files)
    {
        var root = spec.Root ?? throw new RuntimeException("config.json has no root");
        var rootPath = Path.GetFullPath(root.Path, state.Bundle);
        yield return new(PlanOp.EnterRoot, $"mount root {rootPath}")
        {
            Text1 = rootPath, A = (long)RootPropagation.OfHostMounts(linux), B = files.Root, C = files.Devices,
        };
        foreach (var (index, mount) in (spec.Mounts ?? []).Index())
        {
            var tree = files.Mounts.GetValueOrDefault(index);
            foreach (var step in MountPlan.Build(mount, state.Bundle, cgroups, tree))
                yield return step;
        }

        foreach (var step in DevicePlan.Build(linux, files).Concat(HookPlan.BeforePivot(spec, state)))
            yield return step;
        if (process.Terminal)
            yield return ProcessPlan.Terminal(process, PlanFlag.Console);
        foreach (var step in Sysctls(linux, ofNew: true).Concat(NamespacePlan.HasUser(linux) ? [] : Sysctls(linux, false)))
            yield return step;
        foreach (var path in linux.ReadonlyPaths ?? [])
            yield return new(PlanOp.ReadOnly, $"make {path} read-only") { Text1 = path };
        foreach (var path in linux.MaskedPaths ?? [])
            yield return new(PlanOp.Mask, $"mask {path}") { Text1 = path };
        if (root.Readonly)
        {
            yield return new(PlanOp.MakeDirectory, $"make {process.Cwd}") { Text1 = process.Cwd, A = 0x1ed };
            yield return new(PlanOp.ReadOnlyRoot, "make the root read-only");
        }

        yield return new(PlanOp.Pivot, "pivot into the root") { A = files.Devices == 0 ? 0 : 1 };
        foreach (var step in RootPropagation.OfRoot(linux))
            yield return step;
    }

    private static IEnumerable<PlanEntry> Sysctls(LinuxSpec linux, bool ofNew)
    {
        foreach (var (name, value) in linux.Sysctl ?? [])
        {
            var (path, kind) = Sysctl.Path(name, linux);
            if (NamespacePlan.IsNew(linux, kind) == ofNew)
                yield return new(PlanOp.WriteFile, $"set sysctl {name}={value}") { Text1 = path, Text2 = value };
        }
    }

    private static IEnumerable<PlanEntry> Personality(LinuxSpec linux)
    {
        const int linux32 = 8;
        if (linux.Personality is { } personality)
            yield return new(PlanOp.Personality, $"set linux.personality {personality.Domain}")
            {
                A = personality.Domain == "LINUX32" ? linux32 : 0,
            };
    }

    private static IEnumerable<PlanEntry> Names(RuntimeSpec spec, LinuxSpec linux)
    {
        var ownUts = (linux.Namespaces ?? []).Any(n => n.Type == "uts");
        if (!ownUts && spec.Hostname is { Length: > 0 })
            throw new RuntimeException("a hostname needs a uts namespace; add one, or drop the hostname");
        if (spec.Hostname is { Length: > 0 } host)
            yield return new(PlanOp.HostName, $"set hostname {host}") { Text1 = host };
        if (spec.Domainname is { Length: > 0 } domain)
            yield return new(PlanOp.DomainName, $"set domainname {domain}") { Text1 = domain };
    }
}
