namespace Orchestrator.Cli.Tests.Contexts;

public sealed class ContextTests : IDisposable
{
    private readonly FakeDaemon _daemon = new();
    private readonly UserFolder _home = new();

    [Fact]
    public void Commands_go_to_the_daemon_of_the_current_context_until_flag_or_environment_name_another()
    {
        _daemon.Answer("GET /containers/json", 200, "[]");
        _home.Run("context", "create", "here", "--docker", "host=" + _daemon.Address);

        Assert.Equal(new CliResult(0, "here\n", "Current context is now \"here\"\n"), _home.Run("context", "use", "here"));

        Assert.Equal(0, _home.Run("ps").ExitCode);
        Assert.Equal(0, _home.Run("-c", "here", "ps").ExitCode);
        Assert.Contains("/no.sock", _home.Run("-H", "unix:///no.sock", "ps").Error, StringComparison.Ordinal);
        Assert.Contains("/no.sock", _home.RunAt("unix:///no.sock", "", "ps").Error, StringComparison.Ordinal);
        Assert.Equal(0, _home.RunAt("unix:///no.sock", "", "--context", "here", "ps").ExitCode);
        Assert.Contains("/run/orch/orch.sock", _home.Run("-c", "default", "ps").Error, StringComparison.Ordinal);
        Assert.Equal(
            new CliResult(1, "", "conflicting options: cannot specify both --host and --context\n"),
            _home.Run("-c", "here", "-H", "unix:///no.sock", "ps"));
        Assert.Equal(
            new CliResult(1, "", "context \"nope\": context not found: see 'orch context ls' for those there are\n"),
            _home.Run("-c", "nope", "ps"));
    }

    [Fact]
    public void The_list_marks_the_current_one()
    {
        _home.Run("context", "create", "prod", "--description", "the real one", "--docker", "host=tcp://10.0.0.1:2376");
        _home.Run("context", "use", "prod");

        Assert.Equal(
            "NAME      DESCRIPTION                               DOCKER ENDPOINT              ERROR\n"
            + "default   Current DOCKER_HOST based configuration   unix:///run/orch/orch.sock   \n"
            + "prod *    the real one                              tcp://10.0.0.1:2376          \n",
            _home.Run("context", "ls").Out);
        Assert.Equal("prod\n", _home.Run("context", "show").Out);
        Assert.Equal("default\nprod\n", _home.Run("context", "ls", "-q").Out);
        Assert.Equal("false default\ntrue prod\n", _home.Run("context", "ls", "--format", "{{.Current}} {{.Name}}").Out);
    }

    [Fact]
    public void What_is_exported_can_be_imported_elsewhere_keys_and_all()
    {
        _home.Write("ca.pem", "the authority");
        _home.Write("key.pem", "the key");
        _home.Run("context", "create", "one", "--description", "d",
            "--docker", $"host=tcp://h:1,ca={_home["ca.pem"]},key={_home["key.pem"]}");
        using var other = new UserFolder();

        var export = _home.Run("context", "export", "one", other["one.tar"]);
        var import = other.Run("context", "import", "two", other["one.tar"]);

        Assert.Equal((0, $"Written file \"{other["one.tar"]}\"\n"), (export.ExitCode, export.Error));
        Assert.Equal(new CliResult(0, "two\n", "Successfully imported context \"two\"\n"), import);
        Assert.Equal("tcp://h:1 d [ca.pem key.pem]\n", other.Run(
            "context", "inspect", "-f", "{{.Endpoints.docker.Host}} {{.Metadata.Description}} {{.TLSMaterial.docker}}", "two").Out);
        var key = Directory.GetFiles(other[".orch/contexts/tls"], "key.pem", SearchOption.AllDirectories).Single();
        Assert.Equal("the key", File.ReadAllText(key));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Fact]
    public void A_context_in_use_is_removed_only_by_force_and_then_leaves_nothing()
    {
        _home.Run("context", "create", "gone", "--docker", "host=tcp://h:1");
        _home.Run("context", "use", "gone");

        Assert.Equal(
            new CliResult(1, "", "context \"gone\" is in use, set -f flag to force remove\n"), _home.Run("context", "rm", "gone"));
        Assert.Equal(new CliResult(0, "gone\n", ""), _home.Run("context", "rm", "-f", "gone"));

        Assert.Equal("default\n", _home.Run("context", "show").Out);
        Assert.Empty(Directory.GetDirectories(_home[".orch/contexts/meta"]));
    }

    [Theory]
    [InlineData("\"default\" is a reserved context name", "create", "default")]
    [InlineData("context name \"a b\" is invalid, names are validated against regexp", "create", "a b")]
    [InlineData("unrecognized config key: \"hosst\"", "create", "ab", "--docker", "hosst=x")]
    [InlineData("unable to parse docker host", "create", "ab", "--docker", "host=ftp://x")]
    [InlineData("context \"nope\" does not exist", "rm", "nope")]
    [InlineData("context \"nope\": context not found", "use", "nope")]
    [InlineData("open /no/such: no such file", "import", "ab", "/no/such")]
    public void A_bad_context_command_says_why_and_changes_nothing(string message, params string[] args)
    {
        var result = _home.Run(["context", .. args]);

        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_home[".orch"]));
    }

    [Fact]
    public void Something_else_than_an_exported_context_is_refused()
    {
        _home.Write("junk", new string('x', 2000));

        var result = _home.Run("context", "import", "junk", _home["junk"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is no archive of a context", result.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _home.Dispose();
    }
}
