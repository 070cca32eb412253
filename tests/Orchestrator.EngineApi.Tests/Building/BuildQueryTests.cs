using System.Text;
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

    [Theory]
    [InlineData("ulimits", "[null]")]
    [InlineData("ulimits", "{}")]
    [InlineData("extrahosts", "[")]
    [InlineData("extrahosts", "[null]")]
    [InlineData("securityopt", "[1]")]
    public void A_malformed_list_is_the_callers_fault(string name, string value)
    {
        var error = Assert.Throws<EngineException>(() => BuildQuery.Limits(With(name, value)));

        Assert.Equal(EngineError.InvalidArgument, error.Error);
        Assert.StartsWith($"error reading {name}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hole_in_a_list_of_cache_places_is_the_callers_fault() =>
        Assert.Throws<EngineException>(() => BuildQuery.List(With("cachefrom", "[null]"), "cachefrom"));

    [Fact]
    public void Hosts_come_one_a_mention_or_as_one_list()
    {
        Assert.Equal(["a:1.1.1.1"], BuildQuery.Limits(With("extrahosts", "a:1.1.1.1")).ExtraHosts);
        Assert.Equal(["a:1.1.1.1", "b:2.2.2.2"],
            BuildQuery.Limits(With("extrahosts", """["a:1.1.1.1","b:2.2.2.2"]""")).ExtraHosts);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"a":null}""")]
    [InlineData("""["a"]""")]
    [InlineData("no JSON")]
    public void A_malformed_header_is_the_callers_fault(string json)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers["X-Orch-Build-Secrets"] = http.Request.Headers["X-Orch-Build-Ssh"] =
            Convert.ToBase64String(Encoding.UTF8.GetBytes(json));

        foreach (var read in (Action[])[() => BuildHeaders.Secrets(http), () => BuildHeaders.SshAgents(http)])
            Assert.Equal(EngineError.InvalidArgument, Assert.Throws<EngineException>(read).Error);
    }

    private static DefaultHttpContext With(string name, string value) => new()
    {
        Request = { QueryString = QueryString.Create(name, value) },
    };

    private static DefaultHttpContext Asking(string platform) => With("platform", platform);
}
