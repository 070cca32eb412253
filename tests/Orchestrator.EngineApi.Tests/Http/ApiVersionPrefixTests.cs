using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Tests.Http;

public sealed class ApiVersionPrefixTests
{
    [Theory]
    [InlineData("/v1.44/containers/json", "1.44", "/containers/json")]
    [InlineData("/v1.24", "1.24", "/")]
    public void A_version_is_taken_off_the_path(string path, string version, string rest)
    {
        Assert.True(ApiVersionPrefix.TrySplit(path, out var found, out var left));
        Assert.Equal((Version.Parse(version), rest), (found, left));
    }

    [Theory]
    [InlineData("/containers/json")]
    [InlineData("/volumes")]
    [InlineData("/version")]
    [InlineData("/v1/x")]
    public void What_only_begins_like_a_version_is_left_alone(string path) =>
        Assert.False(ApiVersionPrefix.TrySplit(path, out _, out _));
}
