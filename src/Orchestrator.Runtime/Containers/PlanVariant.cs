using Orchestrator.Init;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Containers;

/// <summary>A container's plan as the command line wants it.</summary>
internal static class PlanVariant
{
    public static IReadOnlyList<PlanEntry> Of(IReadOnlyList<PlanEntry> plan, CreateOptions options) =>
    [
        .. plan.Select(e => e.Op switch
        {
            PlanOp.WaitForStart when options.Detached => e with { A = InitFd.Listener },
            PlanOp.Pivot when options.NoPivot => e with { Op = PlanOp.MoveRoot, What = "move the root" },
            PlanOp.Execute => e with { C = options.PreserveFds },
            _ => e,
        }),
    ];
}
