namespace Orchestrator.Init;

/// <summary>Pid 1 for programs that are not made to be one (docker run --init): reaps orphans, passes signals on, and
/// ends as its child ends.</summary>
internal static unsafe class Reaper
{
    private const int Sigchld = 17, Block = 0;

    /// <summary>Returns only in the child.</summary>
    public static long Execute()
    {
        var all = ~0UL;
        var before = 0UL;
        Syscall.Call(Syscall.RtSigprocmask, Block, (long)&all, (long)&before, 8);
        var child = Syscall.Call(Syscall.Clone, Sigchld);
        if (child < 0)
            return child;
        if (child == 0)
            return Syscall.Call(Syscall.RtSigprocmask, 2, (long)&before, 0, 8);
        // The sync socket is the child's: its closing says executed.
        Syscall.Call(Syscall.CloseRange, 3, 0xffffffff, 0);
        while (true)
        {
            var signal = Syscall.Call(Syscall.RtSigtimedwait, (long)&all, 0, 0, 8);
            if (signal == Sigchld)
                Reap(child);
            else if (signal > 0)
                Syscall.Call(Syscall.Kill, child, signal);
        }
    }

    private static void Reap(long child)
    {
        const long noHang = 1;
        while (true)
        {
            int status;
            var pid = Syscall.Call(Syscall.Wait4, -1, (long)&status, noHang);
            if (pid <= 0)
                return;
            if (pid != child)
                continue;
            var signal = status & 0x7f;
            Plan.Exit(signal == 0 ? (status >> 8) & 0xff : 128 + signal);
        }
    }
}
