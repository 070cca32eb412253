using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Seccomp;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Seccomp;

/// <summary>SCMP_ACT_NOTIFY with somebody who answers.</summary>
public sealed class ListenerTests
{
    private const uint MkdirNumber = 83;

    [RootFact]
    public async Task A_call_is_answered_by_who_listens_and_they_are_told_whose_it_is()
    {
        using var container = new TestContainer("/bin/mkdir", "/x");
        using var agent = new Agent(container.RootFs + "/../agent", answers: 1);
        FilteredContainerTests.Filter(container, Notifying(agent.Path));
        container.Spec = container.Spec with { Annotations = new() { ["key"] = "value" } };

        var (code, _, errors) = container.Run();

        Assert.Equal((1, "mkdir: can't create directory '/x': Invalid cross-device link\n"), (code, errors));
        var told = await agent.Told;
        var state = told.GetProperty("state");
        Assert.Equal(["seccompFd"], told.GetProperty("fds").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal("about it", told.GetProperty("metadata").GetString());
        Assert.Equal((container.Id, "creating"), (state.GetProperty("id").GetString(), state.GetProperty("status").GetString()));
        Assert.Equal(told.GetProperty("pid").GetInt32(), state.GetProperty("pid").GetInt32());
        Assert.Equal(told.GetProperty("pid").GetInt32(), agent.Callers[0]);
        Assert.Equal("value", state.GetProperty("annotations").GetProperty("key").GetString());
    }

    [RootFact]
    public async Task Who_listens_is_told_of_an_exec_and_of_the_container_it_is_in()
    {
        using var container = new TestContainer("/bin/sleep", "60");
        using var agent = new Agent(container.RootFs + "/../agent", answers: 0);
        FilteredContainerTests.Filter(container, Notifying(agent.Path));
        var shim = await container.CreateAsync();
        var first = await agent.Told;
        var started = await shim.StartAsync(CancellationToken.None);
        agent.Dispose();
        using var second = new Agent(agent.Path, answers: 1);

        var exec = await shim.ExecAsync(
            new() { Process = new ProcessSpec { Args = ["/bin/mkdir", "/x"] }, Detach = true }, CancellationToken.None);
        var exit = await shim.WaitExecAsync(exec.ExecId, CancellationToken.None);

        var told = await second.Told;
        Assert.Equal(1, exit.ExitCode);
        Assert.Equal(started.Pid, first.GetProperty("pid").GetInt32());
        Assert.Equal(exec.Pid, told.GetProperty("pid").GetInt32());
        Assert.Equal("running", told.GetProperty("state").GetProperty("status").GetString());
        Assert.Equal(started.Pid, told.GetProperty("state").GetProperty("pid").GetInt32());
    }

    [RootFact]
    public void Without_anybody_who_listens_nothing_is_started()
    {
        using var container = new TestContainer("/bin/mkdir", "/x");
        FilteredContainerTests.Filter(container, Notifying("/nonexistent/agent"));

        var (code, _, errors) = container.Run();

        Assert.Equal(1, code);
        Assert.StartsWith("orch-runtime: linux.seccomp.listenerPath: no listener at /nonexistent/agent", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"{container.RootFs}/x"));
        Assert.Empty(container.Cgroups());
    }

    private static SeccompSpec Notifying(string path) => new()
    {
        DefaultAction = "SCMP_ACT_ALLOW", ListenerPath = path, ListenerMetadata = "about it",
        Syscalls = [new() { Names = ["mkdir"], Action = "SCMP_ACT_NOTIFY" }],
    };

    /// <summary>Takes one listener and answers so many calls with EXDEV.</summary>
    private sealed class Agent : IDisposable
    {
        private readonly FileDescriptor socket;
        private readonly TaskCompletionSource<JsonElement> told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Agent(string path, int answers)
        {
            Path = System.IO.Path.GetFullPath(path);
            File.Delete(Path);
            socket = UnixSocket.Listen(Path);
            new Thread(() => Serve(answers)) { IsBackground = true }.Start();
        }

        public string Path { get; }

        public Task<JsonElement> Told => told.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public List<int> Callers { get; } = [];

        public void Dispose() => socket.Dispose();

        private void Serve(int answers)
        {
            try
            {
                using var listener = Take();
                for (var i = 0; i < answers; i++)
                    Answer(listener.Fd);
            }
            catch (Exception e)
            {
                told.TrySetException(e);
            }
        }

        private FileDescriptor Take()
        {
            FileDescriptor? connection;
            while ((connection = UnixSocket.Accept(socket)) is null)
                Thread.Sleep(1);
            using (connection)
            {
                var buffer = new byte[8192];
                var count = Receive(connection, buffer, out var passed);
                told.SetResult(JsonDocument.Parse(buffer.AsMemory(0, count)).RootElement);
                return passed!;
            }
        }

        private static int Receive(FileDescriptor connection, byte[] buffer, out FileDescriptor? passed)
        {
            while (true)
            {
                try
                {
                    return UnixSocket.Receive(connection, buffer, out passed);
                }
                catch (LinuxException e) when (e.Errno == Errno.EAGAIN)
                {
                    Thread.Sleep(1); // Connected, and not yet written to.
                }
            }
        }

        private void Answer(int listener)
        {
            const nuint receive = 0xc0502100, send = 0xc0182101;
            const int crossDevice = -18;
            var call = new byte[80];
            Assert.Equal(0, Control(listener, receive, call));
            Assert.Equal(MkdirNumber, BinaryPrimitives.ReadUInt32LittleEndian(call.AsSpan(16)));
            Callers.Add(BinaryPrimitives.ReadInt32LittleEndian(call.AsSpan(8)));
            var answer = new byte[24];
            call.AsSpan(0, 8).CopyTo(answer);
            BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(16), crossDevice);
            Assert.Equal(0, Control(listener, send, answer));
        }

        private static int Control(int fd, nuint request, byte[] argument) => ioctl(fd, request, argument);

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int ioctl(int fd, nuint request, byte[] argument);
    }
}
