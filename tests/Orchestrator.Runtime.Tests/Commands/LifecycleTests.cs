using System.Diagnostics;
using System.Text.Json;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Commands;

public sealed class LifecycleTests
{
    [RootFact]
    public void A_container_goes_from_created_to_running_to_paused_to_stopped_and_away()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        container.Spec = container.Spec with { Annotations = new() { ["org.example.a"] = "b" } };
        var pidFile = $"{container.Folder}/pid";

        container.Must("create", "--bundle", container.Bundle(), "--pid-file", pidFile, container.Id);
        File.Delete($"{container.Folder}/config.json"); // Nothing later may need it.
        var created = State(container);
        container.Must("start", container.Id);
        var running = State(container);
        container.Must("pause", container.Id);
        var paused = State(container);
        var refusedExec = container.Refused("exec", container.Id, "true");
        container.Must("resume", container.Id);
        var refusedDelete = container.Refused("delete", container.Id);
        container.Must("kill", container.Id, "KILL");
        WaitUntilStopped(container);
        var stopped = State(container);
        container.Must("delete", container.Id);

        Assert.Equal(["created", "running", "paused", "stopped"],
            ((JsonElement[])[created, running, paused, stopped]).Select(s => s.GetProperty("status").GetString()));
        Assert.Equal("1.2.0", created.GetProperty("ociVersion").GetString());
        Assert.Equal(container.Id, created.GetProperty("id").GetString());
        Assert.Equal(File.ReadAllText(pidFile), created.GetProperty("pid").GetRawText());
        Assert.Equal(container.Folder, created.GetProperty("bundle").GetString());
        Assert.Equal(container.RootFs, created.GetProperty("rootfs").GetString());
        Assert.Equal("b", created.GetProperty("annotations").GetProperty("org.example.a").GetString());
        Assert.Contains("cannot exec in a paused container", refusedExec, StringComparison.Ordinal);
        Assert.Contains("that is not stopped: running", refusedDelete, StringComparison.Ordinal);
        Assert.Empty(container.Cgroups());
        Assert.Contains("container does not exist", container.Refused("state", container.Id), StringComparison.Ordinal);
    }

    [RootFact]
    public void After_create_pid_1_is_a_child_of_the_nearest_subreaper_and_has_the_callers_streams()
    {
        using var container = new TestContainer("/bin/sh", "-c", "echo from inside");
        var bundle = container.Bundle();

        // As conmon and containerd's shim do it: a subreaper that waits for the number in the pid file.
        var script = "import ctypes,os,subprocess,sys; ctypes.CDLL(None).prctl(36,1,0,0,0)\n"
            + "run=lambda *a: subprocess.run([*RUNTIME,'--root',sys.argv[1],*a],check=True)\n"
            + "run('create','--bundle',sys.argv[2],'--pid-file',sys.argv[2]+'/pid',sys.argv[3])\n"
            + "pid=int(open(sys.argv[2]+'/pid').read())\n"
            + "parent=open(f'/proc/{pid}/stat').read().split()[3]\n"
            + "run('start',sys.argv[3])\n"
            + "print(parent==str(os.getpid()), os.waitpid(pid,0)[1], flush=True)";
        var runtime = JsonSerializer.Serialize(TestContainer.Program.ToArray());
        using var parent = Process.Start(new ProcessStartInfo(
            "python3",
            ["-c", $"RUNTIME={runtime}\n{script}", $"{container.Folder}/root", bundle, container.Id])
        {
            RedirectStandardOutput = true,
        })!;

        Assert.Equal("from inside\nTrue 0\n", parent.StandardOutput.ReadToEnd());
    }

    [RootFact]
    public void The_terminal_of_a_created_container_goes_to_the_console_socket()
    {
        using var container = new TestContainer("/bin/sh", "-c", "tty; stty size");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with { Terminal = true, ConsoleSize = new ConsoleSize(11, 22) },
        };
        var bundle = container.Bundle();
        var path = $"{container.Folder}/console";
        using var listener = UnixSocket.Listen(path, blocking: true);

        Assert.Contains("--console-socket", container.Refused("create", "-b", bundle, container.Id), StringComparison.Ordinal);
        container.Must("create", "--bundle", bundle, "--console-socket", path, container.Id);
        using var connection = UnixSocket.Accept(listener)!;
        UnixSocket.Receive(connection, new byte[64], out var master);
        container.Must("start", container.Id);

        using (master)
            Assert.Equal("/dev/pts/0\r\n11 22\r\n", ReadToEnd(master!));
    }

    [RootFact]
    public void A_program_that_cannot_be_executed_after_all_is_told_by_start()
    {
        using var container = new TestContainer("/bin/program");
        var program = $"{container.RootFs}/bin/program";
        File.WriteAllText(program, "#!/nosuch\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        container.Must("create", "-b", container.Bundle(), container.Id);

        var errors = container.Refused("start", container.Id);

        Assert.Equal("orch-runtime: exec: \"/bin/program\": stat /bin/program: no such file or directory\n", errors);
    }

    [RootFact]
    public void Errors_go_to_the_log_as_json_for_containerd_and_podman()
    {
        using var container = new TestContainer("/bin/true");
        var log = $"{container.Folder}/errors";

        container.Refused("--log", log, "--log-format", "json", "kill", container.Id, "9");
        container.Refused("--log", log, "--log-format=json", "create", "-b", "/nosuch", container.Id);

        var lines = File.ReadLines(log).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(["error", "error"], lines.Select(l => l.GetProperty("level").GetString()));
        Assert.Equal($"container does not exist: {container.Id}", lines[0].GetProperty("msg").GetString());
        Assert.Contains("no config.json in bundle /nosuch", lines[1].GetProperty("msg").GetString(), StringComparison.Ordinal);
        Assert.InRange(lines[0].GetProperty("time").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
    }

    [RootFact]
    public void Without_a_pivot_the_container_has_its_own_root_too()
    {
        using var container = new TestContainer("/bin/sh", "-c", "ls /; ls /.. | wc -l");

        var (code, output, errors) = container.Command(
            "run", "--no-pivot", "--bundle", container.Bundle(), container.Id);

        Assert.Equal((0, "bin\ndev\nproc\nsys\n4\n", ""), (code, output, errors));
    }

    [RootFact]
    public void A_capability_that_is_not_known_is_left_out_with_a_warning()
    {
        using var container = new TestContainer("/bin/grep", "CapPrm", "/proc/self/status");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with
            {
                Capabilities = new() { Permitted = ["CAP_KILL", "CAP_FLY"], Bounding = ["CAP_KILL"] },
            },
        };

        var (code, output, errors) = container.Run();

        Assert.Equal((0, "CapPrm:\t0000000000000020\n"), (code, output));
        Assert.Equal(
            "orch-runtime: process.capabilities.permitted[1]: \"CAP_FLY\" is not known here, and left out\n", errors);
    }

    [RootFact]
    public void An_exec_takes_a_process_from_a_file_passes_descriptors_and_can_be_left()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var pidFile = $"{container.Folder}/exec.pid";
        var process = $"{container.Folder}/process.json";
        File.WriteAllText(process, """
            { "args": ["/bin/sh", "-c", "id; readlink /proc/self/cwd; echo $A"], "cwd": "/bin", "env": ["A=b", "PATH=/bin"],
              "user": { "uid": 5, "gid": 6, "additionalGids": [7] } }
            """);
        container.Must("run", "-d", "-b", container.Bundle(), container.Id);

        Assert.Equal("uid=5 gid=6 groups=7\n/bin\nb\n", container.Must("exec", "--process", process, container.Id));
        Assert.Equal("uid=1 gid=2 groups=3\n", container.Must("exec", "-u", "1:2", "-g", "3", container.Id, "id"));
        Assert.Equal(9, container.Command("exec", container.Id, "sh", "-c", "exit 9").ExitCode);
        container.Must("exec", "--detach", "--pid-file", pidFile, container.Id, "sleep", "1000");
        Assert.Equal(
            $"[{string.Join(',', new[] { Pid(container), int.Parse(File.ReadAllText(pidFile)) }.Order())}]\n",
            container.Must("ps", "--format", "json", container.Id));
    }

    private static JsonElement State(TestContainer container) =>
        JsonDocument.Parse(container.Must("state", container.Id)).RootElement;

    private static int Pid(TestContainer container) => State(container).GetProperty("pid").GetInt32();

    private static void WaitUntilStopped(TestContainer container)
    {
        while (State(container).GetProperty("status").GetString() != "stopped")
            Thread.Sleep(5);
    }

    private static string ReadToEnd(FileDescriptor file)
    {
        var text = "";
        var buffer = new byte[256];
        try
        {
            for (int count; (count = file.Read(buffer)) > 0;)
                text += System.Text.Encoding.ASCII.GetString(buffer, 0, count);
        }
        catch (Orchestrator.Linux.LinuxException)
        {
            // EIO: the last slave is closed.
        }

        return text;
    }
}
