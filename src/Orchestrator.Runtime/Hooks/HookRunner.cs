using System.Text;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Hooks;

/// <summary>Runs hooks in the runtime's namespaces, one after another, in the bundle's directory.</summary>
internal static class HookRunner
{
    private const int Sigkill = 9;

    /// <summary>All of them.</summary>
    /// <param name="name">Of the field: <c>hooks.NAME[0]</c>.</param>
    /// <param name="state">Their standard input.</param>
    /// <exception cref="RuntimeException">One failed; those after it have not been run.</exception>
    public static void Run(IEnumerable<HookSpec>? hooks, string name, string bundle, string state)
    {
        foreach (var (index, hook) in (hooks ?? []).Index())
            Run(hook, $"hooks.{name}[{index}] {hook.Path}", bundle, state);
    }

    /// <summary>All of them, whatever becomes of those before.</summary>
    /// <param name="warn">Is told of each failure.</param>
    public static void RunEach(
        IEnumerable<HookSpec>? hooks, string name, string bundle, string state, Action<string> warn)
    {
        foreach (var (index, hook) in (hooks ?? []).Index())
        {
            try
            {
                Run(hook, $"hooks.{name}[{index}] {hook.Path}", bundle, state);
            }
            catch (RuntimeException e)
            {
                warn(e.Message);
            }
        }
    }

    /// <summary>Why a hook failed, in one line.</summary>
    /// <param name="what">Its field and path.</param>
    /// <param name="output">What it said; owned by the caller.</param>
    public static RuntimeException Failure(string what, WaitStatus status, FileDescriptor? output)
    {
        var how = status.Signal == 0 ? $"exit status {status.ExitCode}" : $"killed by signal {status.Signal}";
        var said = output is null ? "" : ReadStart(output).Trim().ReplaceLineEndings(" ");
        return new($"{what}: {how}{(said.Length == 0 ? "" : ": " + said)}");
    }

    private static void Run(HookSpec hook, string what, string bundle, string state)
    {
        using var input = MemoryFile.With("state", Encoding.UTF8.GetBytes(state));
        using var output = MemoryFile.With("output", []);
        var arguments = hook.Args is { Length: > 0 } given ? given : [hook.Path];
        int pid;
        try
        {
            pid = Child.Spawn(hook.Path, arguments, hook.Env ?? [], bundle, [input, output, output]);
        }
        catch (LinuxException e)
        {
            throw new RuntimeException($"{what}: {e.Errno}");
        }

        if (hook.Timeout is { } seconds && !Child.Ends(pid, TimeSpan.FromSeconds(seconds)))
        {
            ThisProcess.Kill(pid, Sigkill);
            Child.Reap(pid);
            throw new RuntimeException($"{what}: not done within its timeout; killed");
        }

        var status = Child.Reap(pid);
        if (status.Raw != 0)
            throw Failure(what, status, output);
    }

    private static string ReadStart(FileDescriptor file)
    {
        var buffer = new byte[2048];
        return Encoding.UTF8.GetString(buffer, 0, Math.Max(0, file.ReadAt(buffer, 0)));
    }
}
