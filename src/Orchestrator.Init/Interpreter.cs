namespace Orchestrator.Init;

/// <summary>One step: the result of its system calls, negative errno on failure.</summary>
internal static unsafe class Interpreter
{
    public static long Execute(PlanStep* step) => step->Op switch
    {
        <= PlanOp.WriteFile or PlanOp.Session or PlanOp.Reaper or PlanOp.OpenCgroup
            or PlanOp.Ask => ProcessSteps.Execute(step),
        <= PlanOp.Pivot or PlanOp.OpenRoot or PlanOp.MoveRoot => MountSteps.Execute(step),
        PlanOp.AttachTree or PlanOp.PrepareMount or PlanOp.BindNode => TreeSteps.Execute(step),
        PlanOp.Seccomp or PlanOp.Label => SecuritySteps.Execute(step),
        PlanOp.Terminal => TerminalStep.Execute(step),
        _ => IdentitySteps.Execute(step),
    };
}
