using Orchestrator.Init;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Plans;

/// <summary>A plan with what confines its program put where it belongs: label, filter.</summary>
/// <remarks>
/// A label is set while /proc is still the host's; the kernel keeps it through the fork, until execve. A filter needs
/// CAP_SYS_ADMIN, so it comes before that goes; with no_new_privs it needs nothing, and comes last, so that a profile
/// need only allow what the program itself calls. A reaper stays filtered in both: it is pid 1 of the container.
/// </remarks>
internal static class ConfinedPlan
{
    /// <param name="plan">Of a container, or of an exec.</param>
    /// <param name="spec">The container's.</param>
    /// <param name="process">Of which this is the plan.</param>
    /// <param name="id">The container's.</param>
    /// <param name="containerPid">Null: it is being made.</param>
    /// <exception cref="RuntimeException">A profile is wrong, or the host has no such thing.</exception>
    public static IReadOnlyList<PlanEntry> Of(
        IReadOnlyList<PlanEntry> plan, RuntimeSpec spec, ProcessSpec process, string id, string bundle,
        int? containerPid)
    {
        var result = plan.ToList();
        if (spec.Linux?.Seccomp is { } seccomp)
        {
            var filter = Filter(SeccompCache.Compile(seccomp), seccomp, spec, id, bundle, containerPid);
            result.Insert(PlaceOf(filter, result, process), filter);
        }

        var labels = SecurityLabels.Steps(process).ToList();
        result.InsertRange(
            result.FindIndex(s => s.Op is PlanOp.JoinNamespace or PlanOp.JoinProcess or PlanOp.Unshare), labels);
        return SecurityLabels.OnMounts(result, spec.Linux?.MountLabel);
    }

    /// <summary>A listener is handed over while the container is made: who starts it later may be somebody else.
    /// </summary>
    private static int PlaceOf(PlanEntry filter, List<PlanEntry> plan, ProcessSpec process) => plan.FindIndex(
        !process.NoNewPrivileges ? s => s.Op == PlanOp.BoundingSet
        : filter.Listener is not null ? s => s.Op is PlanOp.WaitForStart or PlanOp.Reaper or PlanOp.Execute
        : s => s.Op is PlanOp.Reaper or PlanOp.Execute);

    private static PlanEntry Filter(
        SeccompProgram program, SeccompSpec seccomp, RuntimeSpec spec, string id, string bundle, int? containerPid) =>
        new(PlanOp.Seccomp, "load the filter of linux.seccomp")
        {
            A = program.Instructions.Length,
            B = program.Flags,
            Filter = program,
            Listener = !program.HasListener ? null : new SeccompListener(
                seccomp.ListenerPath!, seccomp.ListenerMetadata, id, bundle, spec.Annotations, containerPid),
        };
}
