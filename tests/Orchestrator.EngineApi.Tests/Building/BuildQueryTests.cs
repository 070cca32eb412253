using Microsoft.AspNetCore.Http;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Building;

namespace Orchestrator.EngineApi.Tests.Building;

public sealed class BuildQueryTests
{
    [Fact]
    public void Several_platforms_at_once_are_refused_as_that_and_not_as_a_misspelt_one()
    {
        var error = Assert.Throws<EngineException>(() => BuildQuery.Inputs(Asking("linux/amd64,linux/arm64")));

        Assert.Equal(
            "Multi-platform build is not supported: build for one of linux/amd64,linux/arm64 at a time", error.Message);
    }

    [Fact]
    public void One_platform_is_taken() =>
        Assert.Equal("linux/arm64", BuildQuery.Inputs(Asking("linux/arm64")).Platform?.ToString());

    private static DefaultHttpContext Asking(string platform) => new()
    {
        Request = { QueryString = QueryString.Create("platform", platform) },
    };
}
