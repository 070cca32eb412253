namespace Orchestrator.Cli.Tests.Commands;

public sealed class OtherCommandTests : IDisposable
{
    private readonly FakeDaemon _daemon = new();

    [Fact]
    public void Images_prints_a_line_for_each_tag()
    {
        var created = CliResult.Now.AddDays(-3).ToUnixTimeSeconds();
        _daemon.Answer("GET /images/json", 200, $$"""
            [{"Id":"sha256:0123456789abcdef","RepoTags":["web:1","registry.orch:5000/web:1"],"Created":{{created}},"Size":4260000},
             {"Id":"sha256:fedcba9876543210","RepoTags":[],"RepoDigests":[],"Created":{{created}},"Size":1000}]
            """);

        var result = _daemon.Run("images");

        Assert.Equal("""
            REPOSITORY               TAG       IMAGE ID       CREATED      SIZE
            web                      1         0123456789ab   3 days ago   4.26MB
            registry.orch:5000/web   1         0123456789ab   3 days ago   4.26MB
            <none>                   <none>    fedcba987654   3 days ago   1kB

            """, result.Out);
    }

    [Fact]
    public void No_pipe_is_removed_where_one_of_those_named_is_none()
    {
        _daemon.Answer("GET /pipes", 200, """[{"ContainerID":"c1id","Interface":"eth1"},{"ContainerID":"c2id","Interface":"eth1"}]""")
            .Answer("GET /containers/c1/json", 200, """{"Id":"c1id"}""")
            .Answer("GET /containers/c2/json", 200, """{"Id":"c2id"}""")
            .Answer("GET /containers/c3/json", 200, """{"Id":"c3id"}""")
            .Answer("GET /containers/eth77/json", 404, """{"message":"No such container: eth77"}""")
            .Answer("DELETE /containers/c1/pipes/eth1", 204)
            .Answer("DELETE /containers/c2/pipes/eth1", 204);

        Assert.Equal(
            new CliResult(1, "", "Error response from daemon: No such container: eth77; an interface is named with -i: "
                + "orch network pipe rm -i eth77 c1\n"), _daemon.Run("network", "pipe", "rm", "c1", "eth77"));
        Assert.Equal(
            new CliResult(1, "", "container c3 has no pipe eth1; orch network pipe ls lists those there are\n"),
            _daemon.Run("network", "pipe", "rm", "c1", "c3"));
        Assert.DoesNotContain(_daemon.Lines, line => line.StartsWith("DELETE", StringComparison.Ordinal));

        Assert.Equal(new CliResult(0, "c1\nc2\n", ""), _daemon.Run("network", "pipe", "rm", "c1", "c2"));
        Assert.Equal(2, _daemon.Lines.Count(line => line.StartsWith("DELETE", StringComparison.Ordinal)));
    }

    [Fact]
    public void Pull_shows_progress_and_fails_with_the_streams_error()
    {
        _daemon.Answer("POST /images/create", 200,
            "{\"status\":\"Pulling fs layer\",\"id\":\"abc\"}\n{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":10},\"id\":\"abc\"}\n"
            + "{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"manifest unknown\"}\n");

        var result = _daemon.Run("pull", "front/web:2");

        Assert.Equal(new CliResult(1, "abc: Pulling fs layer\n", "manifest unknown\n"), result);
        Assert.Equal(["POST /images/create?fromImage=front/web&tag=2"], _daemon.Lines);
    }

    [Fact]
    public void Load_sends_the_archive_whole()
    {
        _daemon.Answer("POST /images/load", 200, "{\"stream\":\"Loaded image: web:1\\n\"}\n");

        var result = _daemon.RunWith(new string('x', 200_000), "load");

        Assert.Equal("Loaded image: web:1\n", result.Out);
        Assert.Equal(200_000, _daemon.Requests.Single().Body.Length);
    }

    [Fact]
    public void Load_of_a_file_that_is_not_there_says_so() =>
        Assert.Equal(new CliResult(1, "", "open /no/such.tar: no such file or directory\n"), _daemon.Run("load", "-i", "/no/such.tar"));

    [Fact]
    public void Import_passes_the_changes_on()
    {
        _daemon.Answer("POST /images/create", 200, "{\"status\":\"sha256:abc\"}\n");

        var result = _daemon.RunWith("tar", "import", "-c", "CMD [\"/bin/sh\"]", "-c", "ENV A=1", "-", "base:1");

        Assert.Equal("sha256:abc\n", result.Out);
        Assert.Equal(["POST /images/create?fromSrc=-&repo=base&tag=1&changes=CMD [\"/bin/sh\"]&changes=ENV A=1"], _daemon.Lines);
    }

    [Fact]
    public void Network_create_sorts_gateways_to_their_subnets()
    {
        _daemon.Answer("POST /networks/create", 201, """{"Id":"n1","Warning":""}""");

        var result = _daemon.Run("network", "create", "-d", "overlay", "--attachable", "--subnet", "10.8.0.0/24", "--subnet", "10.9.0.0/24",
            "--gateway", "10.9.0.1", "-o", "encrypted=", "front");

        Assert.Equal("n1\n", result.Out);
        var body = _daemon.Body("POST /networks/create");
        Assert.Equal("overlay", (string?)body["Driver"]);
        Assert.True((bool)body["Attachable"]!);
        Assert.Equal("""[{"Subnet":"10.8.0.0/24"},{"Subnet":"10.9.0.0/24","Gateway":"10.9.0.1"}]""", body["IPAM"]!["Config"]!.ToJsonString());
    }

    [Theory]
    [InlineData("no matching subnet for 10.9.0.1: give one with --subnet", "--subnet", "10.8.0.0/24", "--gateway", "10.9.0.1")]
    [InlineData("multiple overlapping subnet configuration is not supported", "--subnet", "10.8.0.0/16", "--subnet", "10.8.1.0/24")]
    [InlineData("every ip-range or gateway must have a corresponding subnet", "--gateway", "10.9.0.1")]
    [InlineData("invalid CIDR address: x", "--subnet", "x")]
    [InlineData("invalid aux-address \"foo\": write it as NAME=ADDRESS", "--subnet", "10.8.0.0/24", "--aux-address", "foo")]
    [InlineData("invalid aux-address \"a=foo\": write it as NAME=ADDRESS", "--subnet", "10.8.0.0/24", "--aux-address", "a=foo")]
    public void Network_create_refuses_addresses_that_do_not_fit(string message, params string[] flags) =>
        Assert.Equal(new CliResult(1, "", message + "\n"), _daemon.Run(["network", "create", .. flags, "front"]));

    [Fact]
    public void Volume_ls_and_rm_work_on_names()
    {
        _daemon.Answer("GET /volumes", 200, """{"Volumes":[{"Name":"data","Driver":"local"}],"Warnings":null}""");
        _daemon.Answer("DELETE /volumes/data", 204);

        Assert.Equal("DRIVER    VOLUME NAME\nlocal     data\n", _daemon.Run("volume", "ls").Out);
        Assert.Equal("data\n", _daemon.Run("volume", "ls", "-q").Out);
        Assert.Equal("data\n", _daemon.Run("volume", "rm", "data").Out);
    }

    [Fact]
    public void Events_are_one_line_each()
    {
        _daemon.Answer("GET /events", 200,
            "{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"c1\",\"Attributes\":{\"name\":\"web\",\"exitCode\":\"1\"}},\"time\":1,\"timeNano\":1000000005}\n");

        Assert.Equal("1970-01-01T00:00:01.000000005Z container die c1 (exitCode=1, name=web)\n", _daemon.Run("events", "--since", "0").Out);
    }

    [Fact]
    public void Version_prints_the_client_even_when_no_daemon_answers()
    {
        var result = CliResult.Of("unix:///nonexistent.sock", "", "version");

        Assert.StartsWith("Client: orch\n Version:", result.Out, StringComparison.Ordinal);
        Assert.StartsWith("Cannot connect to the orch daemon", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void Info_takes_a_template()
    {
        _daemon.Answer("GET /info", 200, """{"Swarm":{"LocalNodeState":"active"},"NCPU":2}""");

        Assert.Equal("active 2\n", _daemon.Run("info", "-f", "{{.Swarm.LocalNodeState}} {{.NCPU}}").Out);
        Assert.Contains(" Swarm: active\n", _daemon.Run("info").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_before_a_prune_is_answered_no_by_silence()
    {
        var result = _daemon.Run("volume", "prune");

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(_daemon.Lines);
    }

    public void Dispose() => _daemon.Dispose();
}
