using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli.Tests.Config;

public sealed class LoginTests : IDisposable
{
    private const string Accepted = """{"Status":"Login Succeeded","IdentityToken":""}""";

    private readonly FakeDaemon _daemon = new();
    private readonly UserFolder _home = new();

    [Fact]
    public void A_login_that_was_accepted_is_kept_and_goes_along_with_the_pull()
    {
        _home.Write(".orch/config.json", """{"detachKeys":"ctrl-x","auths":{"other":{"auth":"YTpi"}}}""");
        _daemon.Answer("POST /auth", 200, Accepted).Answer("POST /images/create", 200, "{\"status\":\"ok\"}\n");

        var login = Orch("s3cret\n", "login", "-u", "ann", "--password-stdin", "https://reg.example:5000/v2/");
        Orch("", "pull", "reg.example:5000/web:1");
        Orch("", "pull", "elsewhere.example/web:1");

        Assert.Equal((0, "Login Succeeded\n"), (login.ExitCode, login.Out));
        Assert.Contains("stored unencrypted in '" + _home[".orch/config.json"], login.Error, StringComparison.Ordinal);
        Assert.Equal("ann s3cret reg.example:5000", Described(_daemon.Body("POST /auth")));
        var pulls = _daemon.Requests.Where(r => r.Route == "POST /images/create").ToList();
        Assert.Equal("ann s3cret reg.example:5000", Described(Header(pulls[0])!));
        Assert.Null(Header(pulls[1]));
        var config = JsonNode.Parse(_home.Config)!;
        Assert.Equal("ctrl-x", (string?)config["detachKeys"]);
        Assert.NotNull(config["auths"]!["other"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_home[".orch/config.json"]));
    }

    [Fact]
    public void A_login_that_was_refused_is_not_kept()
    {
        _daemon.Answer("POST /auth", 401, """{"message":"login attempt failed"}""");

        var result = Orch("x", "login", "-u", "ann", "--password-stdin", "reg.example");

        Assert.Equal(new CliResult(1, "", "Error response from daemon: login attempt failed\n"), result);
        Assert.False(File.Exists(_home[".orch/config.json"]));
    }

    [Fact]
    public void Logout_forgets_the_login_however_it_was_filed()
    {
        _home.Write(".orch/config.json", """{"auths":{"https://reg.example":{"auth":"YTpi"},"keep":{"auth":"YTpi"}}}""");

        var result = Orch("", "logout", "reg.example");

        Assert.Equal(new CliResult(0, "Removing login credentials for reg.example\n", ""), result);
        Assert.Equal(["keep"], JsonNode.Parse(_home.Config)!["auths"]!.AsObject().Select(a => a.Key));
    }

    [Fact]
    public void Dockers_own_login_counts_where_orch_has_none_and_logout_says_so()
    {
        _home.Write(".docker/config.json", """{"auths":{"https://index.docker.io/v1/":{"auth":"YW5uOnB3"}}}""");
        _daemon.Answer("POST /images/create", 200, "{\"status\":\"ok\"}\n");

        Orch("", "pull", "busybox");
        var logout = Orch("", "logout");

        Assert.Equal("ann pw https://index.docker.io/v1/", Described(Header(_daemon.Requests.Single())!));
        Assert.Contains("docker's own login", logout.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_helper_stores_gives_and_erases_and_the_file_holds_no_secret()
    {
        using var helper = new HelperProgram(_home);
        _home.Write(".orch/config.json", $$$"""{"credHelpers":{"reg.example":"{{{helper.Name}}}"}}""");
        _daemon.Answer("POST /auth", 200, Accepted).Answer("POST /images/create", 200, "{\"status\":\"ok\"}\n");

        var login = Orch("s3cret", "login", "-u", "ann", "--password-stdin", "reg.example");
        var pull = Orch("", "pull", "reg.example/web:1");
        Assert.Equal("", pull.Error);
        var kept = _home.Config;
        Orch("", "logout", "reg.example");
        Orch("", "pull", "reg.example/web:2");

        Assert.Equal(new CliResult(0, "Login Succeeded\n", ""), login);
        Assert.DoesNotContain("auth\":", kept, StringComparison.Ordinal);
        var pulls = _daemon.Requests.Where(r => r.Route == "POST /images/create").ToList();
        Assert.Equal("ann s3cret reg.example", Described(Header(pulls[0])!));
        Assert.Null(Header(pulls[1]));
    }

    [Theory]
    [InlineData("the --password-stdin option requires --username to be set", "login", "--password-stdin")]
    [InlineData("conflicting options: cannot specify both --password and --password-stdin", "login", "-u", "a", "-p", "b", "--password-stdin")]
    [InlineData("Cannot perform an interactive login from a non TTY device", "login")]
    public void A_login_that_cannot_be_asked_for_says_why(string message, params string[] args)
    {
        var result = Orch("", args);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(_daemon.Requests);
    }

    [Fact]
    public void Search_lists_the_most_starred_first()
    {
        _daemon.Answer("GET /images/search", 200, """
            [{"star_count":3,"name":"me/ubuntu","description":"mine\nown"},
             {"star_count":900,"is_official":true,"name":"ubuntu","description":"A system that is described in more words than fit"}]
            """);

        var result = Orch("", "search", "-f", "stars=3", "--limit", "5", "ubuntu");

        Assert.Equal(
            "NAME        DESCRIPTION                                     STARS     OFFICIAL\n"
            + "ubuntu      A system that is described in more words tha…   900       [OK]\n"
            + "me/ubuntu   mine own                                        3         \n", result.Out);
        Assert.Equal(["GET /images/search?term=ubuntu&limit=5&filters={\"stars\":{\"3\":true}}"], _daemon.Lines);
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _home.Dispose();
    }

    private CliResult Orch(string input, params string[] args) => _home.RunAt(_daemon.Address, input, args);

    private static JsonNode? Header(FakeExchange request) =>
        request.Headers.TryGetValue("X-Registry-Auth", out var text)
            ? JsonNode.Parse(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/'))) : null;

    private static string Described(JsonNode auth) => $"{auth["username"]} {auth["password"]} {auth["serveraddress"]}";

    /// <summary>A helper that keeps one login in a file, on the PATH of this process while it lives.</summary>
    private sealed class HelperProgram : IDisposable
    {
        private readonly string _before = Environment.GetEnvironmentVariable("PATH")!;

        public HelperProgram(UserFolder home)
        {
            var path = home["bin/docker-credential-" + Name];
            home.Write("bin/docker-credential-" + Name, $$"""
                #!/bin/sh
                file={{home["secret"]}}
                case $1 in
                store) cat >$file ;;
                get) [ -f $file ] && cat $file || { echo credentials not found in native keychain; exit 1; } ;;
                erase) rm $file ;;
                esac
                """);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Environment.SetEnvironmentVariable("PATH", $"{home["bin"]}:{_before}");
        }

        public string Name { get; } = "orchtest";

        public void Dispose() => Environment.SetEnvironmentVariable("PATH", _before);
    }
}
