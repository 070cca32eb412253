using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli.Tests.Commands;

public sealed class BuildCommandTests : IDisposable
{
    private const string Id = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly string Built =
        $$$"""{"stream":"Step 1/1 : FROM scratch\n"}{{{"\n"}}}{"aux":{"ID":"{{{Id}}}"}}{{{"\n"}}}{"stream":"Successfully built 0123456789ab\n"}{{{"\n"}}}""";

    private readonly FakeDaemon _daemon = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("orch-build-").FullName;

    public BuildCommandTests() => _daemon.Answer("POST /build", 200, Built);

    public void Dispose()
    {
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_folder_is_sent_in_the_order_of_names_as_roots()
    {
        Write("Dockerfile", "FROM scratch\n");
        Write("b/c.txt", "c");
        Write("a.txt", "a");
        File.CreateSymbolicLink(Path.Combine(_folder, "z"), "a.txt");
        File.SetUnixFileMode(Path.Combine(_folder, "a.txt"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var result = _daemon.Run("build", "-t", "web:1", "-t", "web:2", _folder);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("Sending build context to Docker daemon  ", result.Out);
        Assert.EndsWith("Step 1/1 : FROM scratch\nSuccessfully built 0123456789ab\n", result.Out);
        Assert.Equal("POST /build?version=1&t=web:1&t=web:2&dockerfile=Dockerfile", _daemon.Lines.Single());
        Assert.Equal(["Dockerfile", "a.txt", "b/", "b/c.txt", "z"], Sent().Select(entry => entry.Name));
        Assert.All(Sent(), entry => Assert.Equal((0, 0), (entry.Uid, entry.Gid)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, Sent().Single(entry => entry.Name == "a.txt").Mode);
        Assert.Equal("a.txt", Sent().Single(entry => entry.Name == "z").LinkName);
    }

    [Fact]
    public void What_the_ignore_file_names_stays_here_but_the_Dockerfile_goes()
    {
        Write("Dockerfile", "FROM scratch\n");
        Write(".dockerignore", "*\n!keep\n");
        Write("keep/x", "x");
        Write("lose/y", "y");

        _daemon.Run("build", _folder);

        Assert.Equal([".dockerignore", "Dockerfile", "keep/", "keep/x"], Sent().Select(entry => entry.Name));
    }

    [Fact]
    public void An_ignore_file_of_the_Dockerfiles_own_goes_before_the_folders()
    {
        Write("prod.Dockerfile", "FROM scratch\n");
        Write("prod.Dockerfile.dockerignore", "secret\n");
        Write(".dockerignore", "other\n");
        Write("secret", "x");
        Write("other", "y");

        _daemon.Run("build", "-f", Path.Combine(_folder, "prod.Dockerfile"), _folder);

        Assert.DoesNotContain("secret", Sent().Select(entry => entry.Name));
        Assert.Contains("other", Sent().Select(entry => entry.Name));
        Assert.Contains("dockerfile=prod.Dockerfile", _daemon.Lines.Single());
    }

    [Fact]
    public void A_Dockerfile_from_standard_input_travels_under_a_name_that_no_image_gets()
    {
        Write("a", "a");

        _daemon.RunWith("FROM scratch\nCOPY a /\n", "build", "-f", "-", _folder);

        var name = _daemon.Lines.Single().Split("dockerfile=")[1];
        Assert.StartsWith(".dockerfile.", name);
        Assert.Equal("FROM scratch\nCOPY a /\n", Content(name));
        Assert.Contains(name, Content(".dockerignore"));
    }

    [Fact]
    public void A_Dockerfile_alone_needs_no_context()
    {
        _daemon.RunWith("FROM scratch\n", "build", "-");

        Assert.Equal("FROM scratch\n", Content("Dockerfile"));
        Assert.Single(Sent());
    }

    [Fact]
    public void An_archive_on_standard_input_is_sent_as_it_is()
    {
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, leaveOpen: true))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "Dockerfile"));
        var text = Encoding.UTF8.GetString(archive.ToArray());

        _daemon.RunWith(text, "build", "-f", "x/Dockerfile", "-");

        Assert.Equal(text, _daemon.Requests.Single().Body);
        Assert.Contains("dockerfile=x/Dockerfile", _daemon.Lines.Single());
    }

    [Fact]
    public void Arguments_take_their_values_from_the_caller()
    {
        Write("Dockerfile", "FROM scratch\n");

        _daemon.Run("build", "--build-arg", "A=1=2", "--build-arg", "FROM_CALLER", "--build-arg", "NOWHERE",
            "--label", "l=v", "--network", "none", "--no-cache", "--pull", "--rm=false", "--target", "x", "-m", "64m",
            "--ulimit", "nofile=10:20", "--cache-from", "type=registry,ref=c:1", "--cache-to", "c:2", _folder);

        var line = _daemon.Lines.Single();
        Assert.Contains("&buildargs={\"A\":\"1=2\",\"FROM_CALLER\":\"yes\",\"NOWHERE\":null}", line);
        Assert.Contains("&labels={\"l\":\"v\"}", line);
        Assert.Contains("&nocache=1&pull=1&rm=0&target=x&networkmode=none", line);
        Assert.Contains("&cachefrom=[\"type=registry,ref=c:1\"]&cacheto=[\"c:2\"]&memory=67108864", line);
        Assert.Contains("&ulimits=[{\"Name\":\"nofile\",\"Soft\":10,\"Hard\":20}]", line);
    }

    [Fact]
    public void The_users_proxies_come_along()
    {
        Write("Dockerfile", "FROM scratch\n");
        using var home = new UserFolder();
        home.Write(".orch/config.json", """{"proxies":{"default":{"httpProxy":"http://p:1","noProxy":""}}}""");

        home.RunAt(_daemon.Address, "", "build", "--build-arg", "http_proxy=mine", _folder);

        Assert.Contains("buildargs={\"http_proxy\":\"mine\",\"HTTP_PROXY\":\"http://p:1\"}", _daemon.Lines.Single());
    }

    [Fact]
    public void A_secret_travels_in_a_header_alone()
    {
        Write("Dockerfile", "FROM scratch\n");
        Write("token", "s3cret");

        _daemon.Run("build", "--secret", $"id=a,src={_folder}/token", "--secret", "id=b,env=FROM_CALLER",
            "-f", Path.Combine(_folder, "Dockerfile"), Directory.CreateDirectory(Path.Combine(_folder, "sub")).FullName);

        var request = _daemon.Requests.Single();
        var map = JsonNode.Parse(Convert.FromBase64String(
            request.Headers["X-Orch-Build-Secrets"].Replace('-', '+').Replace('_', '/')))!;
        Assert.Equal("s3cret", Encoding.UTF8.GetString(Convert.FromBase64String((string)map["a"]!)));
        Assert.Equal("yes", Encoding.UTF8.GetString(Convert.FromBase64String((string)map["b"]!)));
        Assert.DoesNotContain("s3cret", request.Body + request.Line);
    }

    [Fact]
    public void A_step_that_fails_gives_its_exit_code()
    {
        Write("Dockerfile", "FROM scratch\n");
        _daemon.Answer("POST /build", 200, """
            {"stream":"Step 1/2 : RUN exit 3\n"}
            {"errorDetail":{"code":3,"message":"The command '/bin/sh -c exit 3' returned a non-zero code: 3"},"error":"x"}

            """);

        var loud = _daemon.Run("build", _folder);
        var quiet = _daemon.Run("build", "-q", _folder);

        Assert.Equal((3, "The command '/bin/sh -c exit 3' returned a non-zero code: 3\n"), (loud.ExitCode, loud.Error));
        Assert.Equal((3, ""), (quiet.ExitCode, quiet.Out));
        Assert.Contains("Step 1/2 : RUN exit 3\n", quiet.Error);
    }

    [Fact]
    public void Quiet_prints_the_ID_alone_and_a_file_gets_it()
    {
        Write("Dockerfile", "FROM scratch\n");
        var file = Path.Combine(_folder, "id");
        _daemon.Answer("POST /build", 200, $$"""{"stream":"{{Id}}\n"}""" + "\n");

        var result = _daemon.Run("build", "-q", "--iidfile", file, _folder);

        Assert.Equal(new CliResult(0, Id + "\n", ""), result);
        Assert.Equal(Id, File.ReadAllText(file));
    }

    [Fact]
    public void Programs_get_what_the_daemon_says_as_it_is()
    {
        Write("Dockerfile", "FROM scratch\n");

        Assert.Equal(Built, _daemon.Run("build", "--progress", "rawjson", _folder).Out);
    }

    [Fact]
    public void A_repository_is_the_daemons_to_fetch()
    {
        _daemon.Run("build", "https://example.com/a.git#v1:docker");

        Assert.Equal("POST /build?version=1&remote=https://example.com/a.git#v1:docker", _daemon.Lines.Single());
    }

    [Fact]
    public void An_output_folder_gets_the_images_files()
    {
        Write("Dockerfile", "FROM scratch\n");
        using var files = new MemoryStream();
        using (var tar = new TarWriter(files, leaveOpen: true))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/tool") { DataStream = new MemoryStream("x"u8.ToArray()) });
        _daemon.Answer("POST /containers/create", 201, "{\"Id\":\"c1\",\"Warnings\":[]}")
            .Answer("GET /containers/c1/export", exchange => exchange.Respond(200, files.ToArray(), "application/x-tar"))
            .Answer("DELETE /containers/c1", 204);

        var result = _daemon.Run("build", "-o", Path.Combine(_folder, "out"), _folder);

        Assert.Equal((0, "x"), (result.ExitCode, File.ReadAllText(Path.Combine(_folder, "out/bin/tool"))));
        Assert.Equal("DELETE /containers/c1?force=1&v=1", _daemon.Lines.Last());
    }

    [Fact]
    public void An_archive_to_standard_output_has_it_for_itself()
    {
        Write("Dockerfile", "FROM scratch\n");
        _daemon.Answer("GET /images/" + Id + "/get", 200, "archive", "application/x-tar");

        var result = _daemon.Run("build", "-o", "type=oci,dest=-", _folder);

        Assert.Equal((0, "archive"), (result.ExitCode, result.Out));
        Assert.Contains("Successfully built", result.Error);
    }

    [Fact]
    public void Checks_need_no_daemon()
    {
        Write("Dockerfile", "from scratch AS Base\nCOPY a /\nCMD run it\n");
        Write(".dockerignore", "a\n");

        var result = CliResult.Of("unix:///no/daemon", "", "build", "--check", _folder);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("Check complete, 5 warnings have been found!\n\nWARNING: ", result.Out);
        Assert.Contains("WARNING: CopyIgnoredFile (line 2)\nAttempting to Copy file \"a\" that is excluded by .dockerignore\n\n"
            + "Dockerfile:2\n   2 | COPY a /\n", result.Out);
    }

    [Fact]
    public void A_call_tells_of_targets_and_of_what_one_takes()
    {
        Write("Dockerfile", "ARG A=1\n# run starts it\nFROM scratch AS run\nRUN --mount=type=secret,id=s true\n");

        Assert.Equal("TARGET          DESCRIPTION\nrun (default)   starts it\n", Call("targets").Out);
        Assert.Equal(
            "TARGET:      run\nDESCRIPTION: starts it\n\nBUILD ARG   VALUE     DESCRIPTION\nA           2         \n\n"
            + "SECRET    REQUIRED\ns         false\n\n", Call("outline", "--build-arg", "A=2").Out);
        Assert.Equal(new CliResult(1, "", "target stage \"x\" could not be found\n"), Call("outline", "--target", "x"));
        Assert.Equal(
            "run", JsonNode.Parse(Call("targets,format=json").Out)!["targets"]![0]!["name"]!.GetValue<string>());
        Assert.Equal(
            4, JsonNode.Parse(Call("outline,format=json").Out)!["secrets"]![0]!["location"]!["ranges"]![0]!["start"]!["line"]!.GetValue<int>());
    }

    [Fact]
    public void What_checks_find_is_there_as_JSON_and_need_not_be_a_failure()
    {
        Write("Dockerfile", "from scratch AS Base\n");

        var found = Call("check,format=json");

        Assert.Equal(1, found.ExitCode);
        var warning = JsonNode.Parse(found.Out)!["warnings"]!.AsArray().Single(one => $"{one!["ruleName"]}" == "StageNameCasing")!;
        Assert.Equal("https://docs.docker.com/go/dockerfile/rule/stage-name-casing/", $"{warning["url"]}");
        Assert.Equal(0, Call("lint,ignorestatus=true").ExitCode);
        Assert.Contains("one of build, check, outline, targets", Call("nothing").Error);
    }

    private CliResult Call(string call, params string[] arguments) =>
        CliResult.Of("unix:///no/daemon", "", ["build", $"--call={call}", .. arguments, _folder]);

    [Fact]
    public void A_Dockerfile_that_cannot_be_read_is_shown_where()
    {
        Write("Dockerfile", "FROM scratch\nCPY a b\n");

        var result = _daemon.Run("build", "--check", _folder);

        Assert.Equal(new CliResult(1, "", "Dockerfile:2:1\n   2 | CPY a b\n     | ^\n"
            + "dockerfile parse error on line 2: unknown instruction: CPY (did you mean COPY?)\n"), result);
    }

    [Fact]
    public void Warnings_stand_below_a_build_that_went_well()
    {
        Write("Dockerfile", "FROM base\nENV A=$B C=$HAS\nMAINTAINER x\n");
        _daemon.Answer("GET /images/base/json", 200, "{\"Config\":{\"Env\":[\"HAS=1\"]},\"Os\":\"linux\",\"Architecture\":\"amd64\"}");

        Assert.Equal("""

             2 warnings found (use --check to expand):
             - UndefinedVar: Usage of undefined variable '$B' (line 2)
             - MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 3)

            """, _daemon.Run("build", _folder).Error);
    }

    [Theory]
    [InlineData("# check=error=true\nFROM scratch\nMAINTAINER x\n", "lint violation found for rules: MaintainerDeprecated\n")]
    [InlineData("FROM scratch\nCOPY x\n", "dockerfile parse error on line 2: COPY requires at least two arguments, "
        + "but only one was provided. Destination could not be determined\n")]
    public void A_Dockerfile_that_is_not_to_be_built_is_not_sent(string text, string error)
    {
        Write("Dockerfile", text);

        var result = _daemon.Run("build", _folder);

        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith(error, result.Error);
        Assert.Empty(_daemon.Lines);
    }

    [Theory]
    [InlineData("unable to prepare context: path \"no/such\" not found", "build", "no/such")]
    [InlineData("invalid argument: can't use stdin for both build context and dockerfile", "build", "-f", "-", "-")]
    [InlineData("tag is needed when pushing to registry: name the image with -t", "build", "--push", "/")]
    [InlineData("invalid progress mode: loud: one of auto, plain, tty, quiet", "build", "--progress", "loud", "/")]
    public void What_cannot_be_is_said(string message, params string[] args) =>
        Assert.StartsWith(message, _daemon.RunWith("FROM a", args).Error);

    [Theory]
    [InlineData("-t", "Web", "invalid reference format")]
    [InlineData("--secret", "src=x", "invalid secret: id is missing, write id=NAME")]
    [InlineData("-o", "type=zip", "invalid output type: zip")]
    [InlineData("-o", "type=tar", "dest is required for tar output: write type=tar,dest=PATH")]
    [InlineData("--cache-to", "type=gha", "cache-to knows no type \"gha\": write type=registry,ref=IMAGE")]
    [InlineData("--cache-to", "type=local", "cache-to needs dest=FOLDER")]
    [InlineData("--cache-to", "type=registry,ref=a,mode=mid", "cache-to knows no mode \"mid\": write min or max")]
    [InlineData("--cache-to", "type=inline,mode=max", "write type=registry or type=local")]
    [InlineData("--cache-to", "type=registry,ref=a,sorc=b", "cache-to knows no \"sorc\": there are type, ref, dest, mode")]
    [InlineData("--cache-from", "type=local,dest=x", "cache-from knows no \"dest\": there are type, ref, src")]
    [InlineData("--cache-from", "type=inline", "name the image that has the cache in it")]
    public void A_flag_that_cannot_be_read_is_named(string flag, string value, string reason)
    {
        var result = _daemon.Run("build", flag, value, _folder);

        Assert.Equal(125, result.ExitCode);
        Assert.Contains(reason, result.Error);
    }

    [Fact]
    public void A_cache_in_a_folder_is_the_daemons_while_it_builds()
    {
        Write("Dockerfile", "FROM scratch\n");
        Write("cache/index.json", """{"manifests":[{"digest":"sha256:1","annotations":{"io.containerd.image.name":"mine:1"}}]}""");
        Write("cache/blobs/sha256/1", "{}");
        _daemon.Answer($"POST /images/{Id}/tag", 201);
        _daemon.Answer("POST /images/load", 200, $$"""{"stream":"Loaded image ID: {{Id}}\n"}""");

        var result = _daemon.Run("build", "--cache-from", $"type=local,src={_folder}/cache", _folder);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var name = _daemon.Lines.ElementAt(1).Split("repo=")[1].Replace("&tag=", ":", StringComparison.Ordinal);
        Assert.Equal(
            [
                "POST /images/load?quiet=1", $"POST /images/{Id}/tag?repo={name.Split(':')[0]}&tag=0",
                $"POST /build?version=1&cachefrom=[\"{name}\"]&dockerfile=Dockerfile", $"DELETE /images/{name}",
            ],
            _daemon.Lines);
        Assert.DoesNotContain("mine:1", _daemon.Requests.First().Body); // Nothing here is to get that name.
    }

    [Fact]
    public void A_cache_that_is_not_there_yet_is_a_warning()
    {
        Write("Dockerfile", "FROM scratch\n");

        var result = _daemon.Run("build", "--cache-from", "type=local,src=/no/such", _folder);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("[Warning] cannot use /no/such as a cache: ", result.Error);
    }

    [Fact]
    public void A_folder_that_is_something_elses_is_not_made_a_cache()
    {
        Write("Dockerfile", "FROM scratch\n");
        Write("layout/index.json", """{"manifests":[]}""");

        var result = _daemon.Run("build", "--cache-to", $"type=local,dest={_folder}/layout", _folder);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is not a cache's: name another folder", result.Error);
        Assert.Equal("""{"manifests":[]}""", File.ReadAllText($"{_folder}/layout/index.json"));
    }

    [Fact]
    public void Pruning_the_builder_tells_what_it_gave_back()
    {
        _daemon.Answer("POST /build/prune", 200, "{\"CachesDeleted\":[\"abc\"],\"SpaceReclaimed\":1000}");

        Assert.Equal("Deleted build cache objects:\nabc\n\nTotal reclaimed space: 1kB\n",
            _daemon.Run("builder", "prune", "-af").Out);
        Assert.Equal("POST /build/prune?all=1", _daemon.Lines.Single());
        _daemon.Run("builder", "prune", "-f", "--reserved-space", "1kb", "--filter", "until=1h");
        Assert.Equal("POST /build/prune?keep-storage=1024&filters={\"until\":{\"1h\":true}}", _daemon.Lines.Last());
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private string Content(string name)
    {
        using var reader = new StreamReader(Sent().Last(entry => entry.Name == name).DataStream!);
        return reader.ReadToEnd();
    }

    private List<TarEntry> Sent()
    {
        using var tar = new TarReader(new MemoryStream(Encoding.UTF8.GetBytes(_daemon.Requests.Last().Body)));
        var entries = new List<TarEntry>();
        while (tar.GetNextEntry(copyData: true) is { } entry) entries.Add(entry);
        return entries;
    }
}
