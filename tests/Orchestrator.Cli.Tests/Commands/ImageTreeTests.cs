namespace Orchestrator.Cli.Tests.Commands;

public sealed class ImageTreeTests : IDisposable
{
    private const string Images = """
        [{"Id":"sha256:0123456789abcdef","RepoTags":["web:1","registry.orch:5000/team/front/web:2026"],"Created":1,"Size":3000000,
          "Manifests":[{"ID":"sha256:aaaaaaaaaaaaaaaa","Kind":"image","Available":true,"Size":{"Content":1230000,"Total":4230000},
            "ImageData":{"Platform":{"os":"linux","architecture":"arm64","variant":"v8"},"Size":{"Unpacked":3000000},"Containers":["c"]}}]},
         {"Id":"sha256:fedcba9876543210","RepoTags":["<none>:<none>"],"Created":2,"Size":1000,
          "Manifests":[{"ID":"sha256:bbbbbbbbbbbbbbbb","Kind":"image","Available":true,"Size":{"Content":500,"Total":1500},
            "ImageData":{"Platform":{"os":"linux","architecture":"amd64"},"Size":{"Unpacked":1000},"Containers":[]}}]}]
        """;

    private readonly FakeDaemon _daemon = new();

    [Fact]
    public void A_tree_has_each_image_with_its_platforms_below_it_newest_first()
    {
        _daemon.Answer("GET /images/json", 200, Images);

        var result = _daemon.Run("images", "--tree", "-a");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            """
                                                                          Info ->  U In Use

            IMAGE                           ID             DISK USAGE   CONTENT SIZE   EXTRA
            <untagged>                      fedcba987654        1.5kB           500B
            └─ linux/amd64                  bbbbbbbbbbbb        1.5kB           500B

            registry.orch:5000/team/front/web:2026
            web:1                           0123456789ab       4.23MB         1.23MB   U
            └─ linux/arm64/v8               aaaaaaaaaaaa       4.23MB         1.23MB   U
            """,
            string.Join('\n', result.Out.Split('\n').Select(static line => line.TrimEnd())).TrimEnd());
        Assert.Equal(["GET /images/json?all=1&manifests=1"], _daemon.Lines);
    }

    [Fact]
    public void Without_all_what_has_no_name_is_left_out()
    {
        _daemon.Answer("GET /images/json", 200, Images);

        Assert.DoesNotContain("<untagged>", _daemon.Run("image", "ls", "--tree").Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--quiet")]
    [InlineData("--no-trunc")]
    [InlineData("--digests")]
    [InlineData("--format=json")]
    public void A_tree_has_one_form_only(string flag)
    {
        var result = _daemon.Run("images", "--tree", flag);

        Assert.Equal(
            (1, $"{flag.Split('=')[0]} is not yet supported with --tree: give one of the two\n"),
            (result.ExitCode, result.Error));
        Assert.Empty(_daemon.Lines);
    }

    public void Dispose() => _daemon.Dispose();
}
