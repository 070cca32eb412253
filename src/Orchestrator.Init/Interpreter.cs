namespace Orchestrator.Init;

/// <summary>One step: the result of its system calls, negative errno on failure.</summary>
internal static unsafe class Interpreter
{
    public static long Execute(PlanStep* step) => step->Op switch
    {
        <= PlanOp.WriteFile or PlanOp.Session or PlanOp.Reaper or PlanOp.OpenCgroup
            or PlanOp.Ask => ProcessSteps.Execute(step),
        <= PlanOp.Pivot or PlanOp.OpenRoot or PlanOp.MoveRoot or PlanOp.MountAttributes
            or PlanOp.CopyUp => MountSteps.Execute(step),
        PlanOp.AttachTree or PlanOp.PrepareMount or PlanOp.BindNode => TreeSteps.Execute(step),
        PlanOp.Seccomp or PlanOp.Label => SecuritySteps.Execute(step),
        PlanOp.Hook => HookStep.Execute(step),
        PlanOp.Scheduler or PlanOp.IoPriority or PlanOp.Personality or PlanOp.Affinity => TaskSteps.Execute(step),
        PlanOp.Terminal => TerminalStep.Execute(step),
        _ => IdentitySteps.Execute(step),
    };
}
