namespace Orchestrator.Cli.Tests.Commands;

public sealed class StoreCommandTests : IDisposable
{
    private readonly FakeDaemon _daemon = new();

    [Fact]
    public void A_check_that_finds_nothing_wrong_says_what_it_read()
    {
        _daemon.Answer("POST /system/check", 200, """{"Blobs":3,"Bytes":5000,"Images":1,"Layers":1,"Faults":[],"Removed":0}""");

        Assert.Equal(new CliResult(0, "3 blobs (5kB), 1 images, 1 layers: all is whole\n", ""), _daemon.Run("system", "check"));
    }

    [Fact]
    public void A_check_that_finds_faults_prints_each_with_its_remedy_and_fails()
    {
        _daemon.Answer("POST /system/check", 200, """{"Blobs":3,"Bytes":0,"Images":1,"Layers":1,"Faults":[{"What":"blob x is damaged","Remedy":"pull again"}],"Removed":1}""");

        var result = _daemon.Run("system", "check", "--repair");

        Assert.Equal((1, "blob x is damaged\n  pull again\n3 blobs (0B), 1 images, 1 layers: 1 faults\n1 damaged blobs deleted\n"), (result.ExitCode, result.Out));
        Assert.Equal(["POST /system/check?repair=1"], _daemon.Lines);
    }

    [Fact]
    public void A_user_of_the_registry_is_added_with_the_password_of_stdin()
    {
        _daemon.Answer("PUT /registry/users/ci", 204);

        var result = _daemon.RunWith("secret\n", "registry", "user", "add", "--pull", "*", "--push", "team/*", "--password-stdin", "ci");

        Assert.Equal(new CliResult(0, "ci\n", ""), result);
        var body = _daemon.Body("PUT /registry/users/ci");
        Assert.Equal(("secret", "*", "team/*"), ((string?)body["Password"], (string?)body["Pull"]![0], (string?)body["Push"]![0]));
    }

    [Fact]
    public void A_user_that_would_be_allowed_nothing_is_refused()
    {
        var result = _daemon.Run("registry", "user", "add", "ci");

        Assert.Equal((1, "orch: \"ci\" would be allowed nothing: add --pull or --push PATTERN\n"), (result.ExitCode, result.Error));
        Assert.Empty(_daemon.Lines);
    }

    [Fact]
    public void Users_of_the_registry_are_listed_and_removed()
    {
        _daemon.Answer("GET /registry/users", 200, """[{"Name":"ci","Pull":["*"],"Push":["team/*","web"]}]""");
        _daemon.Answer("DELETE /registry/users/ci", 204);

        Assert.Matches("^USER +PULL +PULL AND PUSH\nci +\\* +team/\\*,web\n$", _daemon.Run("registry", "user", "ls").Out);
        Assert.Equal("ci\n", _daemon.Run("registry", "user", "rm", "ci").Out);
    }

    public void Dispose() => _daemon.Dispose();
}
