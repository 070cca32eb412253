namespace Orchestrator.Cli.Tests.Commands;

public sealed class ServiceCommandTests : IDisposable
{
    private const string Web = """
        {"ID":"s1","Version":{"Index":7},"Spec":{"Name":"web","Mode":{"Replicated":{"Replicas":3}},
          "TaskTemplate":{"ContainerSpec":{"Image":"web:1@sha256:aa","Env":["A=1","B=2"],
            "Mounts":[{"Type":"volume","Source":"d","Target":"/data"}]},"ForceUpdate":2,
            "Placement":{"Constraints":["node.role==worker"]}},
          "EndpointSpec":{"Mode":"vip","Ports":[{"Protocol":"tcp","TargetPort":80,"PublishedPort":8080,"PublishMode":"ingress"}]}},
         "Endpoint":{"Ports":[{"Protocol":"tcp","TargetPort":80,"PublishedPort":8080,"PublishMode":"ingress"}]},
         "ServiceStatus":{"RunningTasks":2,"DesiredTasks":3}}
        """;

    private readonly FakeDaemon _daemon = new();

    [Fact]
    public void Secrets_and_configs_are_referred_to_by_id_and_edited_by_name()
    {
        _daemon.Answer("POST /services/create", 201, """{"ID":"s1"}""");
        _daemon.Answer("GET /secrets", 200, """[{"ID":"id1","Spec":{"Name":"token"}},{"ID":"id2","Spec":{"Name":"token2"}}]""");
        _daemon.Answer("GET /configs", 200, """[{"ID":"id3","Spec":{"Name":"conf"}}]""");

        var missing = _daemon.Run("service", "create", "-d", "--no-resolve-image", "--secret", "other", "web:1");
        _daemon.Run(
            "service", "create", "-d", "--no-resolve-image", "--secret", "source=token,target=t,mode=0400", "--config", "conf", "web:1");

        Assert.Contains("secret not found: other", missing.Error, StringComparison.Ordinal);
        var container = _daemon.Body("POST /services/create")["TaskTemplate"]!["ContainerSpec"]!;
        Assert.Equal(
            """[{"File":{"Name":"t","UID":"0","GID":"0","Mode":256},"SecretID":"id1","SecretName":"token"}]""",
            container["Secrets"]!.ToJsonString());
        Assert.Equal(
            """[{"File":{"Name":"conf","UID":"0","GID":"0","Mode":292},"ConfigID":"id3","ConfigName":"conf"}]""",
            container["Configs"]!.ToJsonString());
    }

    [Fact]
    public void A_routes_certificate_is_a_secret_or_a_file_that_becomes_one()
    {
        var file = Path.Combine(Path.GetTempPath(), $"site-{Guid.NewGuid():n}.pem");
        const string Pem = "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n";
        File.WriteAllText(file, Pem);
        try
        {
            _daemon.Answer("POST /services/create", 201, """{"ID":"s1"}""");
            _daemon.Answer("GET /secrets", 200, """[]""");
            _daemon.Answer("POST /secrets/create", 201, """{"ID":"id9"}""");

            var missing = _daemon.Run("service", "create", "-d", "--no-resolve-image", "--route", "port=80,tls=secret:none", "web:1");
            _daemon.Run("service", "create", "-d", "--no-resolve-image", "--route", $"port=80,tls={file}", "web:1");

            Assert.Contains("secret not found: none", missing.Error, StringComparison.Ordinal);
            Assert.Equal(Pem, System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)_daemon.Body("POST /secrets/create")["Data"]!)));
            var route = _daemon.Body("POST /services/create")["EndpointSpec"]!["Routes"]![0]!;
            Assert.Equal("id9", (string?)route["SecretID"]);
            Assert.DoesNotContain("BEGIN", _daemon.Body("POST /services/create").ToJsonString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("create", "--route", "web:1")]
    [InlineData("update", "--route-add", "web")]
    public void A_secret_made_of_a_file_goes_again_when_the_service_is_refused(string verb, string flag, string argument)
    {
        var file = Path.Combine(Path.GetTempPath(), $"site-{Guid.NewGuid():n}.pem");
        File.WriteAllText(file, "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n");
        try
        {
            _daemon.Answer("GET /services/web", 200, Web);
            _daemon.Answer("POST /services/create", 400, """{"message":"port '80' is taken"}""");
            _daemon.Answer("POST /services/s1/update", 400, """{"message":"port '80' is taken"}""");
            _daemon.Answer("GET /secrets", 200, """[]""");
            _daemon.Answer("POST /secrets/create", 201, """{"ID":"id9"}""");
            _daemon.Answer("DELETE /secrets/id9", 204);

            var refused = _daemon.Run(["service", verb, "-d", "--no-resolve-image", flag, $"port=80,tls={file}", argument]);
            var lines = _daemon.Lines.ToList();
            var unread = _daemon.Run(
                ["service", verb, "-d", "--no-resolve-image", flag, $"port=80,tls={file}", flag, "port=81,tls=secret:none", argument]);
            var removed = _daemon.Lines.Count(IsRemoval);
            _daemon.Answer("GET /secrets", 200, """[{"ID":"id9","Spec":{"Name":"site"}}]""");
            _daemon.Run(["service", verb, "-d", "--no-resolve-image", flag, $"port=80,tls={file}", argument]);

            Assert.Contains("port '80' is taken", refused.Error, StringComparison.Ordinal);
            Assert.True(lines.FindIndex(l => l.StartsWith("POST /services/", StringComparison.Ordinal)) < lines.FindIndex(IsRemoval));
            Assert.Contains("secret not found: none", unread.Error, StringComparison.Ordinal);
            Assert.Equal(2, removed);
            Assert.Equal(2, _daemon.Lines.Count(IsRemoval)); // That one was there before.
        }
        finally
        {
            File.Delete(file);
        }

        static bool IsRemoval(string line) => line == "DELETE /secrets/id9";
    }

    [Fact]
    public void Create_maps_its_flags_to_the_spec()
    {
        _daemon.Answer("POST /services/create", 201, """{"ID":"s1"}""");
        _daemon.Answer("GET /networks/front", 200, """{"Name":"front","Id":"n1"}""");

        var result = _daemon.Run(
            "service", "create", "-d", "--no-resolve-image", "--name", "web", "--replicas", "3", "-p", "8080:80",
            "--publish", "published=53,target=53,protocol=udp,mode=host", "--network", "name=front,alias=www",
            "-e", "A=1", "--mount", "type=bind,source=/a,target=/b,readonly", "--constraint", "node.role==worker",
            "--limit-cpu", "0.5", "--limit-memory", "64m", "--reserve-memory", "32m", "--limit-pids", "100",
            "--restart-condition", "on-failure", "--restart-delay", "2s", "--restart-max-attempts", "4",
            "--update-parallelism", "2", "--update-order", "start-first", "--rollback-failure-action", "continue",
            "--label", "l=1", "--container-label", "c=1", "--replicas-max-per-node", "2", "--stop-grace-period", "3s",
            "--cap-drop", "net_raw", "--entrypoint", "sh -c 'a b'", "--health-cmd", "true", "--endpoint-mode", "vip",
            "--host", "db:10.0.0.3", "web:1", "-x");

        Assert.Equal(new CliResult(0, "s1\n", ""), result);
        var spec = _daemon.Body("POST /services/create");
        Assert.Equal("web", (string?)spec["Name"]);
        Assert.Equal("""{"Replicated":{"Replicas":3}}""", spec["Mode"]!.ToJsonString());
        Assert.Equal("""{"l":"1"}""", spec["Labels"]!.ToJsonString());
        Assert.Equal(
            """[{"Protocol":"tcp","TargetPort":80,"PublishedPort":8080,"PublishMode":"ingress"},{"Protocol":"udp","TargetPort":53,"PublishedPort":53,"PublishMode":"host"}]""",
            spec["EndpointSpec"]!["Ports"]!.ToJsonString());
        Assert.Equal("""{"Parallelism":2,"MaxFailureRatio":0,"Order":"start-first"}""", spec["UpdateConfig"]!.ToJsonString());
        Assert.Equal("continue", (string?)spec["RollbackConfig"]!["FailureAction"]);
        var task = spec["TaskTemplate"]!;
        Assert.Equal("""[{"Target":"n1","Aliases":["www"]}]""", task["Networks"]!.ToJsonString());
        Assert.Equal(
            """{"Limits":{"NanoCPUs":500000000,"MemoryBytes":67108864,"Pids":100},"Reservations":{"MemoryBytes":33554432}}""",
            task["Resources"]!.ToJsonString());
        Assert.Equal("""{"Condition":"on-failure","Delay":2000000000,"MaxAttempts":4}""", task["RestartPolicy"]!.ToJsonString());
        Assert.Equal("""{"Constraints":["node.role==worker"],"MaxReplicas":2}""", task["Placement"]!.ToJsonString());
        var container = task["ContainerSpec"]!;
        Assert.Equal("web:1", (string?)container["Image"]);
        Assert.Equal("""["-x"]""", container["Args"]!.ToJsonString());
        Assert.Equal("""["sh","-c","a b"]""", container["Command"]!.ToJsonString());
        Assert.Equal("""[{"Type":"bind","Source":"/a","Target":"/b","ReadOnly":true}]""", container["Mounts"]!.ToJsonString());
        Assert.Equal("""["CAP_NET_RAW"]""", container["CapabilityDrop"]!.ToJsonString());
        Assert.Equal("""["10.0.0.3 db"]""", container["Hosts"]!.ToJsonString());
        Assert.Equal(3_000_000_000, (long)container["StopGracePeriod"]!);
    }

    [Fact]
    public void Create_pins_the_image_to_the_digest_the_registry_tells()
    {
        const string Digest = "sha256:0123";
        _daemon.Answer("GET /distribution/web/json", 200,
            $$"""{"Descriptor":{"digest":"{{Digest}}"},"Platforms":[{"architecture":"amd64","os":"linux"}]}""");
        _daemon.Answer("POST /services/create", 201, """{"ID":"s1"}""");

        _daemon.Run("service", "create", "-d", "web");

        var task = _daemon.Body("POST /services/create")["TaskTemplate"]!;
        Assert.Equal($"web:latest@{Digest}", (string?)task["ContainerSpec"]!["Image"]);
        Assert.Equal("""[{"Architecture":"amd64","OS":"linux"}]""", task["Placement"]!["Platforms"]!.ToJsonString());
    }

    [Theory]
    [InlineData(201, """{"ID":"s1","Warnings":["first"]}""", 0, "first\nimage web could not be accessed on a registry")]
    [InlineData(409, """{"message":"name conflicts with an existing object: service web already exists"}""", 1, "")]
    public void That_no_registry_tells_of_an_image_is_said_of_a_service_that_was_made(
        int status, string answer, int exitCode, string said)
    {
        _daemon.Answer("GET /distribution/web/json", 404, """{"message":"no such image"}""");
        _daemon.Answer("POST /services/create", status, answer);

        var result = _daemon.Run("service", "create", "-d", "--name", "web", "web");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith(said, result.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0, result.Error.Contains("registry", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(409, 1)]
    public void That_no_registry_tells_of_an_image_is_said_of_a_service_that_was_changed(int status, int exitCode)
    {
        _daemon.Answer("GET /services/web", 200,
            """{"ID":"s1","Version":{"Index":7},"Spec":{"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"web:1"}}}}""");
        _daemon.Answer("GET /distribution/web:2/json", 404, """{"message":"no such image"}""");
        _daemon.Answer("POST /services/s1/update", status, """{"message":"update out of sequence"}""");

        var result = _daemon.Run("service", "update", "-d", "--image", "web:2", "web");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(exitCode == 0, result.Error.Contains("registry", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("replicas can only be used with replicated", "--mode", "global", "--replicas", "2")]
    [InlineData("Unknown mode: x", "--mode", "x")]
    [InlineData("invalid argument \"1.2.3.4:80:80\" for \"-p, --publish\" flag: hostip is not supported", "-p", "1.2.3.4:80:80")]
    [InlineData("invalid value for --limit-memory: must be at least 4 MiB", "--limit-memory", "1m")]
    [InlineData("invalid value \"never\" for --restart-condition", "--restart-condition", "never")]
    public void Create_refuses_what_cannot_be(string message, params string[] flags)
    {
        var result = _daemon.Run(["service", "create", .. flags, "web"]);

        Assert.Equal(125, result.ExitCode);
        Assert.StartsWith(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(_daemon.Lines);
    }

    [Fact]
    public void Update_edits_what_it_names_and_keeps_the_rest()
    {
        _daemon.Answer("GET /services/web", 200, Web);
        _daemon.Answer("POST /services/s1/update", 200, "{}");

        var result = _daemon.Run("service", "update", "-d", "--env-add", "A=9", "--env-rm", "B", "--env-add", "C=3",
            "--mount-rm", "/data", "--publish-rm", "80", "--publish-add", "9090:90", "--constraint-add", "node.labels.x==1", "--force", "web");

        Assert.Equal(new CliResult(0, "web\n", ""), result);
        Assert.Equal(["GET /services/web", "POST /services/s1/update?version=7"], _daemon.Lines);
        var spec = _daemon.Body("POST /services/s1/update");
        var task = spec["TaskTemplate"]!;
        Assert.Equal("""["A=9","C=3"]""", task["ContainerSpec"]!["Env"]!.ToJsonString());
        Assert.Null(task["ContainerSpec"]!["Mounts"]);
        Assert.Equal("web:1@sha256:aa", (string?)task["ContainerSpec"]!["Image"]);
        Assert.Equal("""["node.role==worker","node.labels.x==1"]""", task["Placement"]!["Constraints"]!.ToJsonString());
        Assert.Equal(3, (int)task["ForceUpdate"]!);
        Assert.Equal(9090, (int)spec["EndpointSpec"]!["Ports"]!.AsArray().Single()!["PublishedPort"]!);
        Assert.Equal(3, (int)spec["Mode"]!["Replicated"]!["Replicas"]!);
    }

    [Fact]
    public void Scale_says_what_it_did_and_checks_all_before_it_does_any()
    {
        _daemon.Answer("GET /services/web", 200, Web);
        _daemon.Answer("POST /services/s1/update", 200, "{}");

        var slip = _daemon.Run("service", "scale", "-d", "web=5", "api=x");
        var result = _daemon.Run("service", "scale", "-d", "web=5");

        Assert.Equal(new CliResult(1, "", "api: invalid replicas value x: write a whole number\n"), slip);
        Assert.Equal(new CliResult(0, "web scaled to 5\n", ""), result);
        Assert.Equal(5, (int)_daemon.Body("POST /services/s1/update")["Mode"]!["Replicated"]!["Replicas"]!);
    }

    [Fact]
    public void Ls_prints_dockers_columns()
    {
        _daemon.Answer("GET /services", 200, $"[{Web}]");

        var result = _daemon.Run("service", "ls");

        Assert.Equal("""
            ID        NAME      MODE         REPLICAS   IMAGE     PORTS
            s1        web       replicated   2/3        web:1     *:8080->80/tcp

            """, result.Out);
        Assert.Equal(["GET /services?status=true"], _daemon.Lines);
    }

    [Fact]
    public void Ps_puts_the_past_of_a_slot_below_its_present()
    {
        _daemon.Answer("GET /services/web", 200, Web);
        _daemon.Answer("GET /services", 200, $"[{Web}]");
        _daemon.Answer("GET /nodes", 200, """[{"ID":"n1","Description":{"Hostname":"m1"}}]""");
        _daemon.Answer("GET /tasks", 200, """
            [{"ID":"t10aaaaaaaaaaaaa","ServiceID":"s1","Slot":10,"NodeID":"n1","DesiredState":"running","CreatedAt":"2026-11-21T11:00:00Z",
              "Spec":{"ContainerSpec":{"Image":"web:1@sha256:aa"}},"Status":{"State":"running","Timestamp":"2026-11-21T11:58:00Z"}},
             {"ID":"t1old","ServiceID":"s1","Slot":1,"NodeID":"n1","DesiredState":"shutdown","CreatedAt":"2026-11-21T10:00:00Z",
              "Spec":{"ContainerSpec":{"Image":"web:1"}},"Status":{"State":"failed","Timestamp":"2026-11-21T11:30:00Z","Err":"task: non-zero exit (1): and more to say"}},
             {"ID":"t1new","ServiceID":"s1","Slot":1,"NodeID":"","DesiredState":"running","CreatedAt":"2026-11-21T11:30:00Z",
              "Spec":{"ContainerSpec":{"Image":"web:1"}},"Status":{"State":"pending","Timestamp":"2026-11-21T11:59:59Z","Err":"no suitable node"}}]
            """);

        var result = _daemon.Run("service", "ps", "web");

        Assert.Equal("""
            ID             NAME        IMAGE     NODE      DESIRED STATE   CURRENT STATE           ERROR                              PORTS
            t1new          web.1       web:1               Running         Pending 1 second ago    "no suitable node"
            t1old           \_ web.1   web:1     m1        Shutdown        Failed 30 minutes ago   "task: non-zero exit (1): and …"
            t10aaaaaaaaa   web.10      web:1     m1        Running         Running 2 minutes ago

            """, string.Join('\n', result.Out.Split('\n').Select(static l => l.TrimEnd())));
        Assert.Contains("""GET /tasks?filters={"service":{"s1":true}}""", _daemon.Lines);
    }

    [Fact]
    public void Ps_of_a_service_that_is_not_there_fails()
    {
        _daemon.Answer("GET /services/web", 404, """{"message":"service web not found"}""");

        Assert.Equal(new CliResult(1, "", "no such service: web\n"), _daemon.Run("service", "ps", "web"));
    }

    [Fact]
    public void Logs_name_the_task_and_the_node_of_each_line()
    {
        _daemon.Answer("GET /services/web", 200, Web);
        _daemon.Answer("GET /services", 200, $"[{Web}]");
        _daemon.Answer("GET /nodes", 200, """[{"ID":"n1","Description":{"Hostname":"m1"}}]""");
        _daemon.Answer("GET /tasks/t1", 200, """{"ID":"t1","ServiceID":"s1","Slot":1,"NodeID":"n1"}""");
        const string Line = "com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=t1 hello world\n";
        var frame = new byte[Api.StreamFrame.HeaderSize + Line.Length];
        new Api.StreamFrame(Api.StreamKind.Stdout, Line.Length).Write(frame);
        System.Text.Encoding.ASCII.GetBytes(Line, frame.AsSpan(Api.StreamFrame.HeaderSize));
        _daemon.Answer("GET /services/web/logs", exchange => exchange.Respond(200, frame, Api.StreamFrame.MultiplexedMediaType));

        var result = _daemon.Run("service", "logs", "web");

        Assert.Equal("web.1.t1@m1    | hello world\n", result.Out);
    }

    public void Dispose() => _daemon.Dispose();
}
