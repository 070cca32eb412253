namespace Orchestrator.Init;

/// <summary>What confines the program besides its identity: a filter of system calls, a label.</summary>
internal static unsafe class SecuritySteps
{
    private const long SetModeFilter = 1;
    private const ulong WriteOnlyCloexec = 0x80001;

    public static long Execute(PlanStep* step) =>
        step->Op == PlanOp.Seccomp ? Filter(step) : Label(Plan.Text(step->Text1), Plan.Text(step->Text2));

    /// <summary>From here on only calls that the profile lets through.</summary>
    private static long Filter(PlanStep* step)
    {
        var program = stackalloc long[2]; // struct sock_fprog: length, instructions.
        program[0] = step->A;
        program[1] = (long)(Plan.Base + step->C);
        var result = Syscall.Call(Syscall.Seccomp, SetModeFilter, step->B, (long)program);
        const long newListener = 8;
        return result < 0 || (step->B & newListener) == 0 ? result : HandOver((int)result);
    }

    /// <summary>By number: to send it would take calls of which the profile may say anything. The runtime takes it from
    /// us, for which it needs us here until it has.</summary>
    private static long HandOver(int listener)
    {
        Plan.Send(ReportKind.Listener, 0, listener);
        byte word;
        if (Syscall.Call(Syscall.Read, InitFd.Sync, (long)&word, 1) != 1)
            Plan.Exit(1);
        return Syscall.Call(Syscall.Close, listener);
    }

    private static long Label(byte* name, byte* label)
    {
        var path = stackalloc byte[64];
        Bytes.Append(Bytes.Append(path, "thread-self/attr/"), name);
        var file = ProcFiles.Open(path, WriteOnlyCloexec);
        if (file < 0)
            return file;
        var result = Syscall.Call(Syscall.Write, file, (long)label, Bytes.Length(label));
        Syscall.Call(Syscall.Close, file);
        return result;
    }
}
