namespace Orchestrator.Init;

/// <summary>How the kernel treats the process among others.</summary>
internal static unsafe class TaskSteps
{
    private const int ThisProcess = 1;

    public static long Execute(PlanStep* step) => step->Op switch
    {
        PlanOp.Scheduler => Syscall.Call(Syscall.SchedSetattr, 0, (long)Plan.Text(step->Text1), 0),
        PlanOp.IoPriority => Syscall.Call(Syscall.IoprioSet, ThisProcess, 0, step->A),
        PlanOp.Personality => Syscall.Call(Syscall.Personality, step->A),
        PlanOp.Affinity => Syscall.Call(Syscall.SchedSetaffinity, 0, step->A, (long)Plan.Text(step->Text1)),
        _ => -Syscall.Einval,
    };
}
