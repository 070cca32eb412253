namespace Orchestrator.Init;

/// <summary>A hook that runs where the container's process is: its standard input the container's state, what it says
/// kept, to be told should it fail.</summary>
internal static unsafe class HookStep
{
    private const int Sigkill = 9, TimedOut = 110, NotExecuted = 127;

    public static long Execute(PlanStep* step)
    {
        var input = Input(step);
        if (input < 0)
            return input;
        var output = MemoryFile();
        if (output < 0)
            return output;
        const long sigchld = 17, withPidFd = 0x1000;
        int pidFd;
        var pid = Syscall.Call(Syscall.Clone, sigchld | withPidFd, 0, (long)&pidFd);
        if (pid == 0)
            Become(step, input, output);
        MountSteps.Close(input);
        if (pid < 0)
            return pid;
        var result = Await(pid, pidFd, step->C);
        MountSteps.Close(pidFd);
        if (result > 0)
        {
            Plan.SendFd(ReportKind.Failed, (int)output, (int)result);
            Plan.Exit(1);
        }

        return MountSteps.Close(output, result);
    }

    private static void Become(PlanStep* step, long input, long output)
    {
        const long closeOnExec = 4;
        Syscall.Call(Syscall.Dup3, input, 0);
        Syscall.Call(Syscall.Dup3, output, 1);
        Syscall.Call(Syscall.Dup3, output, 2);
        Syscall.Call(Syscall.CloseRange, 3, 0xffffffff, closeOnExec);
        Launcher.ResetSignals();
        var error = Syscall.Call(
            Syscall.Execve, (long)Plan.Text(step->Text1), (long)Launcher.Pointers(step->A),
            (long)Launcher.Pointers(step->B));
        var text = stackalloc byte[32];
        Bytes.Append(text, error == -Syscall.Enoent ? "no such file" : "cannot be executed");
        Syscall.Call(Syscall.Write, 1, (long)text, Bytes.Length(text));
        Plan.Exit(NotExecuted);
    }

    /// <returns>0, a wait status that is not success, or a negative errno.</returns>
    private static long Await(long pid, int pidFd, long milliseconds)
    {
        var watched = stackalloc int[2];
        watched[0] = pidFd;
        watched[1] = 1; // POLLIN
        var ended = milliseconds == 0 ? 1 : Syscall.Call(Syscall.Poll, (long)watched, 1, milliseconds);
        if (ended < 0)
            return ended;
        if (ended == 0)
            Syscall.Call(Syscall.Kill, pid, Sigkill);
        int status;
        var result = Syscall.Call(Syscall.Wait4, pid, (long)&status);
        return result < 0 ? result : ended == 0 ? -TimedOut : status;
    }

    private static long Input(PlanStep* step)
    {
        var file = MemoryFile();
        if (file < 0)
            return file;
        var digits = stackalloc byte[32];
        Bytes.Number(digits, (int)Syscall.Call(Syscall.Getpid));
        Write(file, Plan.Text(step->Text2));
        Write(file, digits);
        Write(file, Plan.Text(step->Text3));
        Syscall.Call(Syscall.Lseek, file, 0, 0);
        return file;
    }

    private static void Write(long file, byte* text) =>
        Syscall.Call(Syscall.Write, file, (long)text, Bytes.Length(text));

    private static long MemoryFile()
    {
        const long cloexec = 1;
        var name = stackalloc byte[8];
        Bytes.Append(name, "hook");
        return Syscall.Call(Syscall.MemfdCreate, (long)name, cloexec);
    }
}
