using System.Text;
using Orchestrator.Oci.Images;

namespace Orchestrator.Oci.Tests.Images;

public sealed class ImageJsonTests
{
    [Fact]
    public void A_configuration_as_docker_writes_it_is_read_with_all_fields_that_make_a_container()
    {
        const string json = """
            {"architecture":"amd64","config":{"Env":["PATH=/bin"],"Cmd":["sh"],"ExposedPorts":{"80/tcp":{}},"Volumes":{"/data":{}},
             "WorkingDir":"/srv","Entrypoint":null,"Labels":{"a":"b"},"StopSignal":"SIGINT","Healthcheck":{"Test":["CMD","true"],"Interval":30000000000},
             "OnBuild":null,"User":"1000"},"created":"2024-01-02T03:04:05.123456789Z","history":[{"created_by":"x","empty_layer":true}],
             "os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]},"unknown":1}
            """;

        var config = ImageJson.ReadConfig(Encoding.UTF8.GetBytes(json));

        Assert.Equal(["sh"], config.Config!.Cmd!);
        Assert.Equal("80/tcp", Assert.Single(config.Config.ExposedPorts!).Key);
        Assert.Equal(30_000_000_000, config.Config.Healthcheck!.Interval);
        Assert.True(config.History![0].EmptyLayer);
        Assert.Equal(2024, config.Created!.Value.Year);
        Assert.Single(config.RootFs.DiffIds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"config\":{\"digest\":\"sha256:XYZ\"}}")]
    [InlineData("{\"layers\":[{\"size\":\"1\"}]}")]
    public void Damaged_json_is_a_format_error_of_one_line(string json)
    {
        var error = Assert.Throws<FormatException>(() => ImageJson.ReadManifest(Encoding.UTF8.GetBytes(json)));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void The_manifest_for_the_platform_is_chosen_and_no_other()
    {
        Descriptor For(string platform) => new()
        {
            MediaType = MediaTypes.OciManifest,
            Digest = Digest.Of(Encoding.UTF8.GetBytes(platform)),
            Platform = Platform.Parse(platform),
        };
        var index = new ImageIndex { Manifests = [For("linux/arm/v6"), For("linux/arm/v7"), For("linux/amd64"), For("windows/amd64")] };

        Assert.Equal(index.Manifests[2], index.Choose(Platform.Parse("linux/x86_64")));
        Assert.Equal(index.Manifests[1], index.Choose(Platform.Parse("linux/arm/v7")));
        Assert.Null(index.Choose(Platform.Parse("linux/riscv64")));
    }
}
