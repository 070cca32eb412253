namespace Orchestrator.Init;

/// <summary>What confines the program besides its identity: a filter of system calls, a label.</summary>
internal static unsafe class SecuritySteps
{
    private const long SetModeFilter = 1, ProcMagic = 0x9fa0, WriteOnlyCloexec = 0x80001;
    private const ulong NoCrossing = 0x1 | 0x2 | 0x8; // RESOLVE_NO_XDEV, NO_MAGICLINKS, BENEATH

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

    /// <summary>Through a /proc that is one: what is written elsewhere confines nobody, and says that it did
    /// (CVE-2019-16884, CVE-2025-52881).</summary>
    private static long Label(byte* name, byte* label)
    {
        var path = stackalloc byte[8];
        Bytes.Append(path, "/proc");
        const long directoryPath = 0x200000 | 0x10000 | 0x20000 | 0x80000; // O_PATH, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC
        var proc = Syscall.Call(Syscall.Openat, Syscall.AtFdcwd, (long)path, directoryPath);
        if (proc < 0)
            return proc;
        var status = stackalloc long[16];
        var result = Syscall.Call(Syscall.Fstatfs, proc, (long)status);
        if (result >= 0 && status[0] != ProcMagic)
            result = -Syscall.Einval;
        if (result >= 0)
            result = Write(proc, name, label);
        Syscall.Call(Syscall.Close, proc);
        return result;
    }

    private static long Write(long proc, byte* name, byte* label)
    {
        var path = stackalloc byte[64];
        Bytes.Append(Bytes.Append(path, "thread-self/attr/"), name);
        var how = stackalloc ulong[3];
        how[0] = WriteOnlyCloexec;
        how[1] = 0;
        how[2] = NoCrossing;
        var file = Syscall.Call(Syscall.Openat2, proc, (long)path, (long)how, 24);
        if (file < 0)
            return file;
        var result = Syscall.Call(Syscall.Write, file, (long)label, Bytes.Length(label));
        Syscall.Call(Syscall.Close, file);
        return result;
    }
}
