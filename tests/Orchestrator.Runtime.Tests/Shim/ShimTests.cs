using System.Text;
using System.Text.Json;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Shim;

public sealed class ShimTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [RootFact]
    public async Task A_container_is_created_started_and_its_exit_is_on_disk()
    {
        using var container = new TestContainer("/bin/sh", "-c", "echo out; echo err >&2; exit 3");
        var shim = await container.CreateAsync();
        Assert.Equal(ContainerStatus.Created, (await shim.StateAsync(None)).Status);
        Assert.Null(container.State.ReadExit());

        await shim.StartAsync(None);
        var exit = await shim.WaitAsync(None);

        Assert.Equal(3, exit.ExitCode);
        Assert.Equal(exit, container.State.ReadExit());
        Assert.Equal(ContainerStatus.Stopped, (await shim.StateAsync(None)).Status);
        var lines = File.ReadAllLines(container.LogPath).Select(l => JsonDocument.Parse(l).RootElement);
        Assert.Equal(["stderr err\n", "stdout out\n"], lines.Select(l => $"{l.GetProperty("stream")} {l.GetProperty("log")}").Order());
    }

    [RootFact]
    public async Task Deleting_leaves_no_cgroup_no_state_and_no_process()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var shim = await container.CreateAsync();
        var state = await shim.StartAsync(None);
        Assert.NotEmpty(container.Cgroups());

        await shim.DeleteAsync(None);

        Assert.Empty(container.Cgroups());
        Assert.False(Directory.Exists(container.State.Path));
        Assert.Null(ProcessIdentity.StartTicks(state.Pid));
    }

    [RootFact]
    public async Task Input_comes_out_again_in_frames_until_it_is_ended()
    {
        using var container = new TestContainer("/bin/cat");
        var shim = await container.CreateAsync("--open-stdin", "--stdin-once");
        await using var stream = await shim.AttachAsync(null, true, true, true, None);
        await shim.StartAsync(None);

        await stream.WriteAsync("hello"u8.ToArray());
        stream.CloseWrite();
        var output = await ReadAllAsync(stream);

        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 5, .. "hello"u8], output);
        Assert.Equal(0, (await shim.WaitAsync(None)).ExitCode);
    }

    [RootFact]
    public async Task A_client_that_detaches_leaves_the_input_open_for_the_next()
    {
        using var container = new TestContainer("/bin/cat");
        var shim = await container.CreateAsync("--open-stdin");
        await shim.StartAsync(None);
        await using var half = await shim.AttachAsync(null, true, true, true, None);
        half.CloseWrite();
        await (await shim.AttachAsync(null, true, true, true, None)).DisposeAsync();

        await using var next = await shim.AttachAsync(null, true, true, true, None);
        await next.WriteAsync("x"u8.ToArray());
        var frame = new byte[9];
        await next.ReadExactlyAsync(frame);

        Assert.Equal((byte)'x', frame[8]);
    }

    [RootFact]
    public async Task With_stdin_once_the_input_ends_with_the_client_that_gave_it()
    {
        using var container = new TestContainer("/bin/cat");
        var shim = await container.CreateAsync("--open-stdin", "--stdin-once");
        await shim.StartAsync(None);

        await (await shim.AttachAsync(null, stdin: false, true, true, None)).DisposeAsync();
        await (await shim.AttachAsync(null, stdin: true, true, true, None)).DisposeAsync();

        Assert.Equal(0, (await shim.WaitAsync(None)).ExitCode);
    }

    [RootFact]
    public async Task The_input_is_ended_by_the_call_as_well()
    {
        using var container = new TestContainer("/bin/cat");
        var shim = await container.CreateAsync("--open-stdin");
        await shim.StartAsync(None);

        await shim.CloseStdinAsync(null, None);

        Assert.Equal(0, (await shim.WaitAsync(None)).ExitCode);
    }

    [RootFact]
    public async Task Megabytes_pass_through_unharmed()
    {
        using var container = new TestContainer("/bin/sh", "-c", "seq 1 300000");
        var shim = await container.CreateAsync();
        await using var stream = await shim.AttachAsync(null, false, true, true, None);

        await shim.StartAsync(None);
        var text = Encoding.ASCII.GetString(Unframe(await ReadAllAsync(stream)));

        Assert.Equal(string.Concat(Enumerable.Range(1, 300000).Select(i => $"{i}\n")), text);
        Assert.Equal(300000, File.ReadLines(container.LogPath).Count());
    }

    [RootFact]
    public async Task A_terminal_is_the_containers_own_and_has_the_size_it_is_given()
    {
        using var container = new TestContainer("/bin/sh", "-c", "tty; cat >/dev/null; stty size");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with { Terminal = true, ConsoleSize = new ConsoleSize(11, 22) },
        };
        var shim = await container.CreateAsync("--open-stdin");
        await using var stream = await shim.AttachAsync(null, true, true, true, None);
        await shim.StartAsync(None);

        await shim.ResizeAsync(null, 33, 44, None);
        await stream.WriteAsync(new byte[] { 4 });
        var output = Encoding.ASCII.GetString(await ReadAllAsync(stream));

        Assert.Equal("/dev/pts/0\r\n33 44\r\n", output);
    }

    [RootFact]
    public async Task An_exec_has_its_own_streams_and_status_and_loses_no_output()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var shim = await container.CreateAsync();
        await shim.StartAsync(None);

        var exec = await shim.ExecAsync(Exec("/bin/sh", "-c", "echo early; readlink /proc/1/exe; exit 9"), None);
        var exit = await shim.WaitExecAsync(exec.ExecId, None);
        await using var stream = await shim.AttachAsync(exec.ExecId, false, true, true, None);
        var output = Encoding.ASCII.GetString(Unframe(await ReadAllAsync(stream)));

        Assert.Equal((9, "early\n/bin/busybox\n"), (exit.ExitCode, output));
    }

    [RootFact]
    public async Task An_exec_of_what_is_not_there_says_127()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var shim = await container.CreateAsync();
        await shim.StartAsync(None);

        var error = await Assert.ThrowsAsync<ShimException>(() => shim.ExecAsync(Exec("nosuch"), None));

        Assert.Equal((127, "exec: \"nosuch\": executable file not found in $PATH"), (error.ExitCode, error.Message));
    }

    [RootFact]
    public async Task A_paused_container_stands_still_refuses_execs_and_can_be_killed()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var shim = await container.CreateAsync();
        await shim.StartAsync(None);

        await shim.PauseAsync(None);
        await Assert.ThrowsAsync<ShimException>(() => shim.ExecAsync(Exec("/bin/true"), None));
        await shim.SignalAsync(9, all: true, None);

        Assert.Equal((137, 9), await shim.WaitAsync(None) is var exit ? (exit.ExitCode, exit.Signal) : default);
    }

    [RootFact]
    public async Task Running_out_of_memory_is_told()
    {
        using var container = new TestContainer("/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=100M", "count=1");
        container.Spec = container.Spec with
        {
            Linux = container.Spec.Linux! with { Resources = new() { Memory = new() { Limit = 8 << 20, Swap = 8 << 20 } } },
        };
        var shim = await container.CreateAsync();
        await shim.StartAsync(None);

        var exit = await shim.WaitAsync(None);

        Assert.Equal((137, true), (exit.ExitCode, exit.OomKilled));
    }

    [RootFact]
    public async Task A_container_outlives_its_shim_and_is_found_by_its_state()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var shim = await container.CreateAsync();
        var state = await shim.StartAsync(None);

        ThisProcess.Kill(state.ShimPid, 9);
        while (container.State.ShimLives())
            await Task.Delay(5);

        Assert.True(container.State.ContainerLives());
        Assert.Null(container.State.ReadExit());
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => shim.StateAsync(None));
        var cgroups = new Orchestrator.Linux.Cgroups.CgroupSet(
            Orchestrator.Linux.Cgroups.CgroupLayout.Detect(), state.CgroupsPath!);
        cgroups.KillAll();
        cgroups.Remove();
        Assert.False(container.State.ContainerLives());
    }

    [RootFact]
    public void A_program_that_is_not_there_leaves_nothing_behind()
    {
        using var container = new TestContainer("nosuch");

        var line = container.StartShim();

        Assert.Equal("error 127 exec: \"nosuch\": executable file not found in $PATH", line);
        Assert.False(Directory.Exists(container.State.Path));
        Assert.Empty(container.Cgroups());
    }

    private static ExecSpec Exec(params string[] args) => new() { Process = new ProcessSpec { Args = args } };

    private static async Task<byte[]> ReadAllAsync(AttachStream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private static byte[] Unframe(byte[] frames)
    {
        using var payload = new MemoryStream();
        for (var at = 0; at < frames.Length;)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frames.AsSpan(at + 4));
            payload.Write(frames, at + 8, length);
            at += 8 + length;
        }

        return payload.ToArray();
    }
}
