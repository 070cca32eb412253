namespace Orchestrator.Cli.Tests.Config;

public sealed class SettingsTests : IDisposable
{
    private readonly FakeDaemon _daemon = new();
    private readonly UserFolder _home = new();

    [Fact]
    public void A_format_of_the_users_own_is_used_where_the_flag_is_not_given()
    {
        _home.Write(".orch/config.json", """{"psFormat":"{{.Names}}!"}""");
        _daemon.Answer("GET /containers/json", 200, """[{"Id":"0123456789abcdef","Names":["/web"]}]""");

        Assert.Equal("web!\n", Orch("ps").Out);
        Assert.Equal("0123456789ab\n", Orch("ps", "--format", "{{.ID}}").Out);
        Assert.Equal("0123456789ab\n", Orch("ps", "-q").Out);
    }

    [Fact]
    public void Headers_of_the_users_own_go_along_with_every_request()
    {
        _home.Write(".orch/config.json", """{"HttpHeaders":{"X-Team":"blue"}}""");
        _daemon.Answer("GET /containers/json", 200, "[]");

        Orch("ps");

        Assert.Equal("blue", _daemon.Requests.Single().Headers["X-Team"]);
    }

    [Fact]
    public void A_settings_file_that_is_no_json_is_named()
    {
        _home.Write(".orch/config.json", "{oops");

        var result = Orch("ps");

        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        Assert.StartsWith(_home[".orch/config.json"] + " is not JSON: ", result.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _home.Dispose();
    }

    private CliResult Orch(params string[] args) => _home.RunAt(_daemon.Address, "", args);
}
