using Orchestrator.Engine.Events;
using Orchestrator.EngineApi.Host;

namespace Orchestrator.EngineApi.Tests.Host;

public sealed class EventFilterTests
{
    private static readonly EngineEvent
        Started = Of("container", "start", "abcdef012345", ("name", "web"), ("image", "nginx:1"), ("team", "a")),
        Executed = Of("container", "exec_start: sh -c x", "abcdef012345", ("name", "web"), ("image", "nginx:1")),
        Joined = Of("network", "connect", "feed", ("name", "bridge"), ("container", "abcdef012345")),
        Tagged = Of("image", "tag", "sha256:99", ("name", "registry:5000/nginx:1")),
        Reloaded = Of("daemon", "reload", "D1", ("name", "host1"));

    [Theory]
    [InlineData("{}", "start exec_start connect tag reload")]
    [InlineData("""{"type":{"container":true,"network":true}}""", "start exec_start connect")]
    [InlineData("""{"event":{"exec_start":true,"tag":true}}""", "exec_start tag")]
    [InlineData("""{"container":{"web":true}}""", "start exec_start")]
    [InlineData("""{"container":{"abc":true}}""", "start exec_start")]
    [InlineData("""{"container":{"other":true}}""", "")]
    [InlineData("""{"image":{"nginx":true}}""", "start exec_start")]
    [InlineData("""{"image":{"nginx:1":true}}""", "start exec_start")]
    [InlineData("""{"image":{"registry:5000/nginx":true}}""", "tag")]
    [InlineData("""{"label":{"team=a":true}}""", "start")]
    [InlineData("""{"daemon":{"host1":true}}""", "reload")]
    [InlineData("""{"network":{"bridge":true}}""", "connect")]
    [InlineData("""{"scope":{"swarm":true}}""", "")]
    [InlineData("""{"type":{"container":true},"event":{"tag":true}}""", "")]
    public void A_filter_selects_as_dockers_does(string filters, string expected)
    {
        var filter = new EventFilter(Api.Filters.Parse(filters));

        var found = new[] { Started, Executed, Joined, Tagged, Reloaded }.Where(filter.Matches);

        Assert.Equal(expected, string.Join(' ', found.Select(item => item.Action.Split(':')[0])));
    }

    private static EngineEvent Of(string type, string action, string id, params (string Key, string Value)[] attributes) =>
        new(type, action, id, attributes.ToDictionary(one => one.Key, one => one.Value), DateTimeOffset.UnixEpoch);
}
