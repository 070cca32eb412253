using System.Runtime.InteropServices;
using Orchestrator.Init;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Hooks;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Init;

/// <summary>One orch-init, from its start until it has become the container's program, or has failed.</summary>
internal sealed class InitProcess : IDisposable
{
    private readonly IReadOnlyList<PlanEntry> plan;
    private readonly FileDescriptor sync;
    private readonly IInitRequests requests;
    private readonly int firstStage;
    private FileDescriptor? output;
    private int forks;
    private bool isOurChild = true;

    private InitProcess(IReadOnlyList<PlanEntry> plan, FileDescriptor sync, int firstStage, IInitRequests requests) =>
        (this.plan, this.sync, this.firstStage, this.requests) = (plan, sync, firstStage, requests);

    /// <summary>One that an earlier process of ours made ready, and that now waits on a socket.</summary>
    /// <param name="plan">What it is at, as far as needed to name a step that fails.</param>
    /// <param name="connection">To that socket; owned.</param>
    public static InitProcess Attach(
        IReadOnlyList<PlanEntry> plan, FileDescriptor connection, int pid, IInitRequests requests) =>
        new(plan, connection, firstStage: 0, requests)
        {
            Pid = pid, isOurChild = false, forks = int.MaxValue,
        };

    /// <summary>The process that becomes the program: a child of ours. 0 before it was forked.</summary>
    public int Pid { get; private set; }

    /// <summary>The master of the terminal, if the plan makes one; the caller takes it over.</summary>
    public FileDescriptor? Terminal { get; private set; }

    /// <summary>Starts one and waits until it is ready to be started.</summary>
    /// <param name="plan">One that waits for the start. Called again if the first try is killed at birth.</param>
    /// <param name="streams">Descriptors 0, 1 and 2.</param>
    /// <param name="extra">As of <see cref="Start"/>.</param>
    /// <exception cref="RuntimeException">A step failed; the process is gone and reaped.</exception>
    /// <remarks>
    /// Since 6.14 the kernel compares how often the parent's cgroup was killed with how often the child's was, and
    /// kills a child of CLONE_INTO_CGROUP when these differ, as after a cgroup.kill of the daemon's cgroup. Then this
    /// process goes the slower way, by cgroup.procs, from there on.
    /// </remarks>
    public static InitProcess StartReady(
        Func<IReadOnlyList<PlanEntry>> plan, FileDescriptor[] streams, IInitRequests requests,
        params FileDescriptor?[] extra)
    {
        var first = Start(plan(), streams, requests, extra);
        try
        {
            first.AwaitReady();
            return first;
        }
        catch (RuntimeException) when (first.KilledAtBirth && !ProcessPlan.MovesIntoUnified)
        {
            first.Dispose();
            ProcessPlan.MovesIntoUnified = true;
            var second = Start(plan(), streams, requests, extra);
            second.AwaitReady();
            return second;
        }
    }

    /// <summary>It was forked and never heard of.</summary>
    private bool KilledAtBirth { get; set; }

    /// <param name="streams">Descriptors 0, 1 and 2.</param>
    /// <param name="extra">Those the plan names from <see cref="InitFd.FirstExtra"/> on.</param>
    public static InitProcess Start(
        IReadOnlyList<PlanEntry> plan, FileDescriptor[] streams, IInitRequests requests,
        params FileDescriptor?[] extra)
    {
        var (ours, theirs) = UnixSocket.Pair();
        using (theirs)
        using (var file = MemoryFile.With("orch-plan", PlanBytes.Encode(plan)))
        {
            FileDescriptor?[] files = [.. streams, theirs, file, .. extra];
            var pid = Child.Spawn(InitImage.PathBeyond(files.Length), "orch-init", files);
            return new InitProcess(plan, ours, pid, requests);
        }
    }

    /// <summary>Executes a plan up to its wait for start, and then ends it: does this host have what it takes?</summary>
    /// <exception cref="RuntimeException">A step failed.</exception>
    public static void TryOut(IReadOnlyList<PlanEntry> plan, FileDescriptor[] streams, IInitRequests requests)
    {
        using var init = Start(plan, streams, requests);
        init.AwaitReady();
        init.ReapQuietly();
    }

    private void AwaitReady()
    {
        if (Await() != ReportKind.Ready)
            throw Lost();
    }

    /// <summary>Lets a waiting init go on to execute.</summary>
    public void Go() => sync.WriteAll([1]);

    /// <summary>Returns when the program has been executed.</summary>
    /// <exception cref="RuntimeException">A step failed; the process is gone and reaped.</exception>
    public void AwaitExecuted()
    {
        if (Await() is not null || Pid == 0)
            throw Lost();
    }

    /// <summary>Returns when one whose plan executes nothing has done with it.</summary>
    public void AwaitEnd()
    {
        Await();
        ReapQuietly();
    }

    public void Dispose() => sync.Dispose();

    /// <returns>Ready, or null at the end of the socket.</returns>
    private ReportKind? Await()
    {
        var said = Hear();
        for (; said is { Kind: ReportKind.Request or ReportKind.Listener } asks; said = Hear())
            Answer(asks);
        KilledAtBirth = said is null && Pid != 0;
        if (said is { Kind: ReportKind.Failed } failure)
            throw Failed(failure);
        return said?.Kind;
    }

    /// <remarks>
    /// A busy machine lets a child speak before its parent has said that it forked: that word waits until the pid is
    /// known, or until the end of the socket shows that the parent itself has spoken last.
    /// </remarks>
    private Report? Hear()
    {
        Report? said = null;
        while ((said is not { } word || forks < ForksBefore(word.Step)) && Next() is { } report)
        {
            switch (report.Kind)
            {
                case ReportKind.Forked:
                    Child.Reap(Pid == 0 ? firstStage : Pid);
                    Pid = report.Value;
                    forks++;
                    break;
                case ReportKind.Ready or ReportKind.Failed or ReportKind.Request or ReportKind.Listener:
                    said = report;
                    break;
            }
        }

        return said;
    }

    private int ForksBefore(int step) => plan.Take(step).Count(s => s.Op == PlanOp.Fork);

    private void Answer(Report asks)
    {
        try
        {
            if (asks.Kind == ReportKind.Listener)
                plan[asks.Step].Listener!.HandOver(Pid, asks.Value);
            else
                requests.Answer((InitRequest)asks.Value, Pid == 0 ? firstStage : Pid);
            sync.WriteAll([1]);
        }
        catch (Exception e) when (e is RuntimeException or IOException)
        {
            ReapQuietly();
            throw e as RuntimeException ?? new RuntimeException(e.Message);
        }
    }

    private Report? Next()
    {
        Span<byte> bytes = stackalloc byte[Marshal.SizeOf<Report>()];
        var count = UnixSocket.Receive(sync, bytes, out var passed);
        if (count != bytes.Length)
            return null;
        var report = MemoryMarshal.Read<Report>(bytes);
        if (report.Kind == ReportKind.Terminal)
            Terminal = passed;
        else
            output = passed ?? output;
        return report;
    }

    private RuntimeException Failed(Report report)
    {
        ReapQuietly();
        var entry = plan[report.Step];
        if (entry.Op == PlanOp.Hook && report.Errno == 0)
        {
            using (output)
                return HookRunner.Failure(entry.What, new WaitStatus(report.Value), output);
        }

        var errno = (Errno)report.Errno;
        if (entry.Op == PlanOp.Hook && errno == Errno.ETIMEDOUT)
            return new($"{entry.What}: not done within its timeout; killed");
        if (entry.Op == PlanOp.JoinProcess && errno == Errno.ESRCH)
            return new("cannot exec in a container that has just ended (container not running)", ShimException.WrongState);
        return entry.Op is PlanOp.FindProgram or PlanOp.Execute
            ? ExecutionFailure(entry.Text1 ?? entry.Arguments![0], errno)
            : new RuntimeException($"{entry.What}: {Marshal.GetPInvokeErrorMessage(report.Errno).ToLowerInvariant()}");
    }

    /// <summary>Docker's words and numbers for an argv[0] that cannot be executed.</summary>
    private static RuntimeException ExecutionFailure(string program, Errno errno)
    {
        var searched = !program.Contains('/', StringComparison.Ordinal);
        var reason = Marshal.GetPInvokeErrorMessage((int)errno).ToLowerInvariant();
        return errno switch
        {
            Errno.ENOENT or Errno.ENOTDIR when searched =>
                new($"exec: \"{program}\": executable file not found in $PATH", 127),
            Errno.ENOENT or Errno.ENOTDIR => new($"exec: \"{program}\": stat {program}: {reason}", 127),
            _ => new($"exec: \"{program}\": {reason}", 126),
        };
    }

    private RuntimeException Lost()
    {
        ReapQuietly();
        return new("orch-init ended without a word; was it killed? See the kernel log for an out-of-memory kill");
    }

    private void ReapQuietly()
    {
        if (!isOurChild)
            return; // It has ended, or is about to: its end of the socket is closed.
        const int sigkill = 9;
        var pid = Pid == 0 ? firstStage : Pid;
        ThisProcess.Kill(pid, sigkill); // Ours and not reaped yet: the pid cannot be another's.
        Child.Reap(pid);
    }
}
