using System.Globalization;
using Orchestrator.Linux;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Hooks;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>create</c> and <c>start</c>: nobody of ours stays between the two. The container has the streams of
/// whoever created it, and pid 1 becomes a child of the nearest subreaper above: conmon, containerd's shim.</summary>
internal static class CreateCommand
{
    public static int Create(Invocation invocation)
    {
        using var container = NewContainer.Create(invocation.Root, Options(invocation, detached: true));
        return 0;
    }

    public static int Start(Invocation invocation)
    {
        var container = invocation.Container();
        if (container.HasShim)
            ShimOf(container).StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        else
            Start(container);
        return 0;
    }

    /// <summary>Lets a waiting pid 1 go on.</summary>
    public static void Start(Container container)
    {
        if (container.Status != OciStatus.Created)
            throw NotStartable(container);
        try
        {
            using var init = InitProcess.Attach(
                container.Files.ReadSteps(), container.Files.ClaimStart(), container.State.Pid,
                new ContainerRequests(container.Spec, container.HookState, StandardStreams.Inherited()));
            init.Go();
            init.AwaitExecuted();
        }
        catch (Exception e) when (e is FileNotFoundException or LinuxException)
        {
            throw NotStartable(container); // Another start was faster, or it was killed meanwhile.
        }

        container.Save(ContainerStatus.Running);
        ContainerHooks.Started(container.Spec, container.HookState, container.State.Pid, CommandLine.Warn);
    }

    /// <summary>What create and run have in common.</summary>
    public static CreateOptions Options(Invocation invocation, bool detached)
    {
        var arguments = invocation.Arguments;
        return new CreateOptions
        {
            Id = arguments.Id(),
            Bundle = Path.GetFullPath(arguments["bundle"] is { Length: > 0 } bundle ? bundle : "."),
            ConsoleSocket = arguments["console-socket"] is { Length: > 0 } socket ? socket : null,
            PidFile = arguments["pid-file"] is { Length: > 0 } pidFile ? pidFile : null,
            NoPivot = arguments.Has("no-pivot"),
            PreserveFds = PreserveFds(arguments),
            Systemd = invocation.Global.SystemdCgroup,
            Detached = detached,
        };
    }

    public static int PreserveFds(Arguments arguments) =>
        arguments.Number("preserve-fds") is not { } number ? 0
        : number is >= 0 and <= int.MaxValue ? (int)number
        : throw new RuntimeException(
            string.Create(CultureInfo.InvariantCulture, $"--preserve-fds {number} is no number of descriptors"), 2);

    public static ShimClient ShimOf(Container container) =>
        ShimClient.ConnectAsync(container.Directory.ControlSocket, CancellationToken.None).GetAwaiter().GetResult();

    private static RuntimeException NotStartable(Container container) => container.Status switch
    {
        OciStatus.Stopped => new($"cannot start a container that has stopped: {container.Id}"),
        OciStatus.Creating => new($"cannot start a container that is still being created: {container.Id}"),
        OciStatus.Paused => new($"cannot start a container that is paused: {container.Id}; resume it"),
        _ => new($"cannot start an already running container: {container.Id}"),
    };
}
