using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>run</c>: create, start, wait, delete, all in this process: the container's parent and the caller's child
/// are one, and the container has the caller's own streams.</summary>
internal static class RunCommand
{
    public static int Execute(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        if (arguments.Has("detach"))
            return Detached(invocation);
        var options = CreateCommand.Options(invocation, detached: false);
        if (options.ConsoleSocket is not null)
            throw new RuntimeException("--console-socket needs --detach: without it the terminal is shown here", 2);
        using var container = NewContainer.Create(invocation.Root, options);
        var ended = false;
        try
        {
            var code = Run(container);
            ended = true;
            return code;
        }
        finally
        {
            if (!ended || !arguments.Has("keep"))
                container.Remove();
        }
    }

    private static int Run(NewContainer container)
    {
        container.Start();
        using var signals = SignalForwarding.To(container.Init.Pid);
        if (container.Init.Terminal is not { } terminal)
            return Child.Reap(container.Init.Pid).ExitCode;
        using (terminal)
            return TerminalRelay.Run(terminal, container.Init.Pid);
    }

    private static int Detached(Invocation invocation)
    {
        var options = CreateCommand.Options(invocation, detached: true);
        using (NewContainer.Create(invocation.Root, options))
        {
            var container = invocation.Container();
            try
            {
                CreateCommand.Start(container);
                return 0;
            }
            catch
            {
                ContainerRemoval.Remove(container);
                throw;
            }
        }
    }
}
