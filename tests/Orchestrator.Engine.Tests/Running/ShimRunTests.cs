using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Orchestrator.Engine.Running;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Tests.Running;

public sealed class ShimRunTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string folder = Directory.CreateTempSubdirectory("orch-run-").FullName;
    private readonly Process program = Process.Start("sleep", "1000");

    public void Dispose()
    {
        program.Kill();
        program.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_container_whose_shim_was_killed_has_ended_as_killed_unless_its_exit_is_on_disk()
    {
        var directory = new ShimDirectory(folder);
        var state = new ContainerState
        {
            Id = "x",
            Status = ContainerStatus.Running,
            Pid = program.Id,
            PidStartTicks = ProcessIdentity.StartTicks(program.Id)!.Value,
            BootId = ProcessIdentity.BootId(),
        };
        directory.WriteState(state);
        var run = new ShimRun(
            await ShimThatAnswersOnceAsync(directory, state), directory, folder, new RunFacts(state, [], []),
            TimeProvider.System);

        var killed = await run.WaitAsync(None);
        await Assert.ThrowsAsync<ShimException>(() => run.SignalAsync(15, None));
        await File.WriteAllBytesAsync(
            directory.ExitFile, JsonSerializer.SerializeToUtf8Bytes(new() { ExitCode = 3 }, ShimJson.Default.ExitStatus));

        Assert.Equal((137, "its shim died, and it was killed"), (killed.ExitCode, killed.Error));
        Assert.Equal(3, (await run.WaitAsync(None)).ExitCode);
    }

    private static async Task<ShimClient> ShimThatAnswersOnceAsync(ShimDirectory directory, ContainerState state)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(directory.ControlSocket));
        listener.Listen();
        var connecting = ShimClient.ConnectAsync(directory.ControlSocket, None);
        using var client = await listener.AcceptAsync();
        await client.SendAsync(ShimFrame.Encode(
            ShimCall.Ok, JsonSerializer.SerializeToUtf8Bytes(state, ShimJson.Default.ContainerState)));
        return await connecting;
    }
}
