using Orchestrator.Api;

namespace Orchestrator.Cli.Tests.Commands;

public sealed class ContainerCommandTests : IDisposable
{
    private readonly FakeDaemon _daemon = new();

    [Fact]
    public void Ps_prints_dockers_columns()
    {
        var created = CliResult.Now.AddMinutes(-5).ToUnixTimeSeconds();
        _daemon.Answer("GET /containers/json", 200, $$"""
            [{"Id":"0123456789abcdef","Names":["/web"],"Image":"web:1","Command":"/bin/httpd -f -p 80 -h /www",
              "Created":{{created}},"State":"running","Status":"Up 5 minutes",
              "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},{"PrivatePort":443,"Type":"tcp"}]}]
            """);

        var result = _daemon.Run("ps");

        Assert.Equal("""
            CONTAINER ID   IMAGE     COMMAND                  CREATED         STATUS         PORTS                           NAMES
            0123456789ab   web:1     "/bin/httpd -f -p 80…"   5 minutes ago   Up 5 minutes   443/tcp, 0.0.0.0:8080->80/tcp   web

            """, result.Out);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["GET /containers/json"], _daemon.Lines);
    }

    [Fact]
    public void Ps_passes_filters_and_prints_a_template()
    {
        _daemon.Answer("GET /containers/json", 200, """[{"Id":"abc","Names":["/web"],"Labels":{"zone":"b"}}]""");

        var result = _daemon.Run("ps", "-a", "-f", "status=exited", "--filter=label=zone", "--format", "{{.Names}} {{.Label \"zone\"}}");

        Assert.Equal("web b\n", result.Out);
        Assert.Equal(["""GET /containers/json?all=1&filters={"label":{"zone":true},"status":{"exited":true}}"""], _daemon.Lines);
    }

    [Fact]
    public void Create_maps_its_flags_to_the_body()
    {
        _daemon.Answer("POST /containers/create", 201, """{"Id":"c1","Warnings":["swap is off"]}""");

        var result = _daemon.Run(
            "create", "--name", "web", "-it", "-e", "A=1", "-e", "FROM_CALLER", "-e", "ABSENT", "-p", "127.0.0.1:8080:80",
            "-v", "data:/data", "-v", "/cache", "--mount", "type=tmpfs,target=/t,tmpfs-size=1m", "-m", "64m", "--cpus", "1.5",
            "--restart", "on-failure:3", "--network", "front", "--network-alias", "www", "--ip", "10.0.0.9", "--cap-drop", "ALL",
            "--entrypoint", "/x", "--ulimit", "nofile=1024:2048", "--add-host", "db:10.0.0.3", "--label", "a=b", "web:1", "-x", "--y");

        Assert.Equal("c1\n", result.Out);
        Assert.Equal("WARNING: swap is off\n", result.Error);
        Assert.Equal("POST /containers/create?name=web", _daemon.Lines.Single());
        var body = _daemon.Body("POST /containers/create");
        Assert.Equal("web:1", (string?)body["Image"]);
        Assert.Equal("""["-x","--y"]""", body["Cmd"]!.ToJsonString());
        Assert.Equal("""["/x"]""", body["Entrypoint"]!.ToJsonString());
        Assert.Equal("""["A=1","FROM_CALLER=yes"]""", body["Env"]!.ToJsonString());
        Assert.True((bool)body["Tty"]! && (bool)body["OpenStdin"]! && (bool)body["StdinOnce"]!);
        Assert.Equal("""{"/cache":{}}""", body["Volumes"]!.ToJsonString());
        var host = body["HostConfig"]!;
        Assert.Equal("""{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]}""", host["PortBindings"]!.ToJsonString());
        Assert.Equal("""["data:/data"]""", host["Binds"]!.ToJsonString());
        Assert.Equal("""[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1048576}}]""", host["Mounts"]!.ToJsonString());
        Assert.Equal(64L << 20, (long)host["Memory"]!);
        Assert.Equal(1_500_000_000, (long)host["NanoCpus"]!);
        Assert.Equal("""{"Name":"on-failure","MaximumRetryCount":3}""", host["RestartPolicy"]!.ToJsonString());
        Assert.Equal("front", (string?)host["NetworkMode"]);
        Assert.Equal("""[{"Name":"nofile","Hard":2048,"Soft":1024}]""", host["Ulimits"]!.ToJsonString());
        var endpoint = body["NetworkingConfig"]!["EndpointsConfig"]!["front"]!;
        Assert.Equal("""["www"]""", endpoint["Aliases"]!.ToJsonString());
        Assert.Equal("10.0.0.9", (string?)endpoint["IPAMConfig"]!["IPv4Address"]);
    }

    [Fact]
    public void Create_maps_devices_limits_and_isolation_to_the_body()
    {
        _daemon.Answer("POST /containers/create", 201, """{"Id":"c1","Warnings":[]}""");

        _daemon.Run(
            "create", "--device", "/dev/a:/dev/b:r", "--device", "/dev/c:rw", "--device-cgroup-rule", "c 42:* rmw",
            "--blkio-weight", "100", "--blkio-weight-device", "/dev/sda:200", "--device-read-bps", "/dev/sda:1mb",
            "--device-write-iops", "/dev/sda:7", "--security-opt", "systempaths=unconfined", "--security-opt", "no-new-privileges",
            "--uts", "container:x", "--sysctl", "net.core.somaxconn=9", "--userns", "host", "web");

        var host = _daemon.Body("POST /containers/create")["HostConfig"]!;
        Assert.Equal(
            """[{"PathOnHost":"/dev/a","PathInContainer":"/dev/b","CgroupPermissions":"r"},{"PathOnHost":"/dev/c","PathInContainer":"/dev/c","CgroupPermissions":"rw"}]""",
            host["Devices"]!.ToJsonString());
        Assert.Equal("""["c 42:* rmw"]""", host["DeviceCgroupRules"]!.ToJsonString());
        Assert.Equal("""[{"Path":"/dev/sda","Weight":200}]""", host["BlkioWeightDevice"]!.ToJsonString());
        Assert.Equal("""[{"Path":"/dev/sda","Rate":1048576}]""", host["BlkioDeviceReadBps"]!.ToJsonString());
        Assert.Equal("""[{"Path":"/dev/sda","Rate":7}]""", host["BlkioDeviceWriteIOps"]!.ToJsonString());
        Assert.Equal("""["no-new-privileges"]""", host["SecurityOpt"]!.ToJsonString());
        Assert.Equal(("[]", "[]"), (host["MaskedPaths"]!.ToJsonString(), host["ReadonlyPaths"]!.ToJsonString()));
        Assert.Equal(("container:x", "host"), ((string?)host["UTSMode"], (string?)host["UsernsMode"]));
    }

    [Theory]
    [InlineData("conflicting options: --network host leaves no place for another", "--network=host", "--network=n2")]
    [InlineData("conflicting options: --network container:a leaves no place", "--network=n2", "--network=container:a")]
    [InlineData("network \"n2\" is specified multiple times", "--network=n2", "--network=n2")]
    [InlineData("network \"n2\" is specified multiple times", "--network=n2", "--net=name=n2,alias=x")]
    [InlineData("--pid: invalid PID mode", "--pid", "private")]
    [InlineData("--userns: invalid USER mode", "--userns", "x")]
    [InlineData("bad mode specified: rx", "--device", "/dev/a:/dev/b:rx")]
    [InlineData("invalid device cgroup format 'c 1'", "--device-cgroup-rule", "c 1")]
    [InlineData("invalid weight for device: /dev/sda:5", "--blkio-weight-device", "/dev/sda:5")]
    [InlineData("bad format for device path: sda:5", "--device-read-bps", "sda:5")]
    [InlineData("sysctl 'kernel.panic=1' is not allowed", "--sysctl", "kernel.panic=1")]
    [InlineData("invalid ulimit type: files", "--ulimit", "files=1")]
    public void What_a_flag_cannot_be_is_said_in_dockers_words(string words, string flag, string value)
    {
        var result = _daemon.Run("run", flag, value, "web");

        Assert.Equal(125, result.ExitCode);
        Assert.Contains(words, result.Error);
        Assert.Empty(_daemon.Lines);
    }

    [Fact]
    public void Update_sends_what_was_named_and_no_restart_policy_unless_named()
    {
        _daemon.Answer("POST /containers/web/update", 200, """{"Warnings":["w"]}""");

        var result = _daemon.Run("update", "-m", "64m", "--pids-limit", "-1", "web");

        Assert.Equal(new CliResult(0, "web\n", "w\n"), result);
        var body = _daemon.Body("POST /containers/web/update");
        Assert.Equal((64L << 20, -1), ((long)body["Memory"]!, (long)body["PidsLimit"]!));
        Assert.Null(body["RestartPolicy"]);
    }

    [Fact]
    public void Run_attaches_before_it_starts_and_ends_with_the_containers_exit_code()
    {
        _daemon.Answer("POST /containers/create", 201, """{"Id":"c1","Warnings":[]}""");
        _daemon.Answer("POST /containers/c1/start", 204);
        _daemon.Answer("POST /containers/c1/wait", 200, """{"StatusCode":7}""");
        _daemon.Hijack("POST /containers/c1/attach", stream =>
        {
            stream.Write(Frame(StreamKind.Stdout, "out"));
            stream.Write(Frame(StreamKind.Stderr, "err"));
        });

        var result = _daemon.Run("run", "--rm", "web", "sh", "-c", "exit 7");

        Assert.Equal(new CliResult(7, "out", "err"), result);
        Assert.Equal(
            ["POST /containers/create", "POST /containers/c1/attach?stream=1&stdout=1&stderr=1",
                "POST /containers/c1/wait?condition=removed", "POST /containers/c1/start"],
            _daemon.Lines);
        Assert.True((bool)_daemon.Body("POST /containers/create")["HostConfig"]!["AutoRemove"]!);
    }

    [Fact]
    public void Run_hands_stdin_over_and_closes_it_at_its_end()
    {
        _daemon.Answer("POST /containers/create", 201, """{"Id":"c1","Warnings":[]}""");
        _daemon.Answer("POST /containers/c1/start", 204);
        _daemon.Answer("POST /containers/c1/wait", 200, """{"StatusCode":0}""");
        _daemon.Hijack("POST /containers/c1/attach", stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            stream.Write(Frame(StreamKind.Stdout, $"got {input.Length}"));
        });

        var result = _daemon.RunWith("hello", "run", "-i", "web", "cat");

        Assert.Equal(new CliResult(0, "got 5", ""), result);
    }

    /// <summary>As in <c>orch run web yes | head -1</c>: the container may never end by itself.</summary>
    [Fact]
    public void Run_ends_when_nobody_reads_its_output_any_more()
    {
        _daemon.Answer("POST /containers/create", 201, """{"Id":"c1","Warnings":[]}""");
        _daemon.Answer("POST /containers/c1/start", 204);
        _daemon.Answer("POST /containers/c1/wait", static exchange => exchange.Stream.Write(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8));
        _daemon.Hijack("POST /containers/c1/attach", stream => stream.Write(Frame(StreamKind.Stdout, "y\n")));
        var (read, write) = Linux.Io.FileDescriptor.Pipe();
        read.Dispose();
        using var output = new Cli.Streams.DescriptorStream(write.Fd);
        using var session = new Session(Stream.Null, output, Stream.Null, name => name == "ORCH_HOST" ? _daemon.Address : null);

        Assert.Equal(141, Entry.Run(["run", "web"], session));
        write.Dispose();
    }

    [Fact]
    public void Run_pulls_an_image_that_is_missing_and_shows_it_on_stderr()
    {
        _daemon.AnswerInTurn("POST /containers/create",
            (404, """{"message":"No such image: web:latest"}"""), (201, """{"Id":"c1","Warnings":[]}"""));
        _daemon.Answer("POST /images/create", 200, "{\"status\":\"Pulling from web\",\"id\":\"latest\"}\n{\"status\":\"Status: Downloaded\"}\n");
        _daemon.Answer("POST /containers/c1/start", 204);

        var result = _daemon.Run("run", "-d", "web");

        Assert.Equal("c1\n", result.Out);
        Assert.Equal("Unable to find image 'web:latest' locally\nlatest: Pulling from web\nStatus: Downloaded\n", result.Error);
        Assert.Contains("POST /images/create?fromImage=web&tag=latest", _daemon.Lines);
    }

    [Theory]
    [InlineData("exec: \"nope\": executable file not found in $PATH", 127)]
    [InlineData("exec: \"/etc/passwd\": permission denied", 126)]
    [InlineData("driver failed programming external connectivity", 125)]
    public void Run_tells_by_its_exit_code_why_the_program_never_ran(string reason, int code)
    {
        _daemon.Answer("POST /containers/create", 201, """{"Id":"c1","Warnings":[]}""");
        _daemon.Answer("POST /containers/c1/start", 400, $$"""{"message":{{System.Text.Json.JsonSerializer.Serialize(reason)}}}""");

        var result = _daemon.Run("run", "-d", "web", "nope");

        Assert.Equal(code, result.ExitCode);
        Assert.StartsWith($"orch: Error response from daemon: {reason}\n\nRun 'orch run --help'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Exec_ends_with_the_commands_exit_code()
    {
        _daemon.Answer("POST /containers/web/exec", 201, """{"Id":"e1"}""");
        _daemon.Answer("GET /exec/e1/json", 200, """{"ID":"e1","ExitCode":3}""");
        _daemon.Hijack("POST /exec/e1/start", stream => stream.Write(Frame(StreamKind.Stdout, "hi")));

        var result = _daemon.Run("exec", "-u", "app", "web", "ls", "-l");

        Assert.Equal(new CliResult(3, "hi", ""), result);
        var body = _daemon.Body("POST /containers/web/exec");
        Assert.Equal("""["ls","-l"]""", body["Cmd"]!.ToJsonString());
        Assert.Equal("app", (string?)body["User"]);
    }

    [Fact]
    public void Attach_that_the_detach_keys_end_says_so_and_fails()
    {
        var left = new CliResult(1, "", "read escape sequence\n");
        _daemon.Answer("GET /containers/web/json", 200,
            """{"Id":"c1","State":{"Running":true},"Config":{"Tty":true,"OpenStdin":true}}""");
        _daemon.Answer("POST /containers/c1/wait", static exchange => exchange.Stream.Write(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8));
        _daemon.Hijack("POST /containers/c1/attach", static stream => stream.CopyTo(Stream.Null));

        Assert.Equal(left, _daemon.RunWith("ls\u0010\u0011", "attach", "web"));
        Assert.Equal(left, _daemon.RunWith("lsx", "attach", "--detach-keys", "x", "web"));
    }

    [Fact]
    public void Rm_goes_on_after_an_error_and_fails_in_the_end()
    {
        _daemon.Answer("DELETE /containers/a", 204);
        _daemon.Answer("DELETE /containers/b", 404, """{"message":"No such container: b"}""");
        _daemon.Answer("DELETE /containers/c", 204);

        var result = _daemon.Run("rm", "-f", "-v", "a", "b", "c");

        Assert.Equal("a\nc\n", result.Out);
        Assert.Equal("Error response from daemon: No such container: b\n", result.Error);
        Assert.Contains("DELETE /containers/a?v=1&force=1", _daemon.Lines);
    }

    [Fact]
    public void Logs_are_parted_into_stdout_and_stderr()
    {
        _daemon.Answer("GET /containers/web/logs", exchange => exchange.Respond(
            200, [.. Frame(StreamKind.Stdout, "a\n"), .. Frame(StreamKind.Stderr, "b\n")], StreamFrame.MultiplexedMediaType));

        var result = _daemon.Run("logs", "--tail", "5", "--since", "10m", "web");

        Assert.Equal(new CliResult(0, "a\n", "b\n"), result);
        Assert.Equal(["GET /containers/web/logs?stdout=1&stderr=1&since=1795261800.000000000&tail=5"], _daemon.Lines);
    }

    [Fact]
    public void Inspect_looks_for_any_kind_and_keeps_what_it_found()
    {
        _daemon.Answer("GET /volumes/data", 200, """{"Name":"data","Extra":1}""");

        var result = _daemon.Run("inspect", "data", "nope");

        Assert.Equal("[\n    {\n        \"Name\": \"data\",\n        \"Extra\": 1\n    }\n]\n", result.Out);
        Assert.Equal("Error: No such object: nope\n", result.Error);
        Assert.Equal(1, result.ExitCode);
    }

    public void Dispose() => _daemon.Dispose();

    private static byte[] Frame(StreamKind kind, string text)
    {
        var bytes = new byte[StreamFrame.HeaderSize + text.Length];
        new StreamFrame(kind, text.Length).Write(bytes);
        System.Text.Encoding.ASCII.GetBytes(text, bytes.AsSpan(StreamFrame.HeaderSize));
        return bytes;
    }
}
