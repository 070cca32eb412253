using System.Diagnostics;
using System.Net.Sockets;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Shim;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Shim;

/// <summary>What is done by files alone when a shim was killed.</summary>
public sealed class LostShimTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [RootFact]
    public async Task A_running_container_without_its_shim_is_deleted_only_by_force_and_then_whole()
    {
        using var container = new TestContainer("/bin/sh", "-c", "sleep 1000 & exec sleep 1000");
        var state = await (await container.CreateAsync()).StartAsync(None);
        Kill(state);

        Assert.NotEqual(0, Delete(container));
        Assert.True(container.State.ContainerLives());
        Assert.Equal(0, Delete(container, "--force"));

        Assert.Null(ProcessIdentity.StartTicks(state.Pid));
        Assert.Empty(container.Cgroups());
        Assert.False(Directory.Exists(container.State.Path));
    }

    [RootFact]
    public async Task So_is_a_frozen_one()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var shim = await container.CreateAsync();
        var state = await shim.StartAsync(None);
        await shim.PauseAsync(None);
        Kill(state);

        Assert.Equal(0, Delete(container, "--force"));

        Assert.Null(ProcessIdentity.StartTicks(state.Pid));
        Assert.Empty(container.Cgroups());
    }

    [RootFact]
    public async Task And_one_that_was_never_started()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var state = await (await container.CreateAsync()).StateAsync(None);
        Kill(state);

        Assert.Equal(0, Delete(container, "--force"));

        Assert.Null(ProcessIdentity.StartTicks(state.Pid));
        Assert.Empty(container.Cgroups());
    }

    [RootFact]
    public async Task And_one_whose_shim_is_dying_yet()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var state = await (await container.CreateAsync()).StartAsync(None);
        // As between the moment in which the kernel shuts its socket and that in which the process is gone.
        ThisProcess.Kill(state.ShimPid, 19);
        File.Delete(container.State.ControlSocket);
        using var shut = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        shut.Bind(new UnixDomainSocketEndPoint(container.State.ControlSocket));

        Assert.Equal(0, Delete(container, "--force"));

        Assert.False(ProcessIdentity.Lives(state.BootId, state.Pid, state.PidStartTicks));
        Kill(state);
        Assert.Empty(container.Cgroups());
    }

    private static void Kill(ContainerState state)
    {
        ThisProcess.Kill(state.ShimPid, 9);
        while (ProcessIdentity.Lives(state.BootId, state.ShimPid, state.ShimStartTicks))
            Thread.Sleep(5);
    }

    private static int Delete(TestContainer container, params string[] flags)
    {
        var path = container.State.Path;
        string[] arguments =
            ["--root", Path.GetDirectoryName(path)!, "delete", .. flags, Path.GetFileName(path)];
        using var process = Process.Start(new ProcessStartInfo(
            TestContainer.Program[0], [.. TestContainer.Program.Skip(1), .. arguments]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
