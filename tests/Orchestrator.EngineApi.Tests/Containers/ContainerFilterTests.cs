using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.EngineApi.Containers;

namespace Orchestrator.EngineApi.Tests.Containers;

public sealed class ContainerFilterTests
{
    private static readonly ContainerRecord Web = Record("web", ContainerStatus.Running, new() { ["tier"] = "front", ["a"] = "1" }) with
    {
        Ports = [new("", 8080, 80)],
    };

    private static readonly ContainerRecord Old = Record("old", ContainerStatus.Exited, []) with
    {
        State = new() { Status = ContainerStatus.Exited, ExitCode = 3, StartedAt = DateTimeOffset.UnixEpoch },
        Process = new ProcessRecord { Arguments = ["sh"], ExposedPorts = ["80-90/udp"] },
    };

    [Theory]
    [InlineData("name", "w.b", "web")]
    [InlineData("name", "/old", "old")]
    [InlineData("status", "exited", "old")]
    [InlineData("exited", "3", "old")]
    [InlineData("label", "tier=front", "web")]
    [InlineData("label", "a", "web")]
    [InlineData("publish", "80", "web")]
    [InlineData("publish", "70-90/tcp", "web")]
    [InlineData("expose", "85/udp", "old")]
    public void A_filter_selects(string key, string value, string selected) =>
        Assert.Equal([selected], Select(new Api.Filters().Add(key, value)));

    [Fact]
    public void Values_of_a_key_are_alternatives_but_labels_must_all_be_there()
    {
        Assert.Equal(["web", "old"], Select(new Api.Filters().Add("name", "web").Add("name", "old")));
        Assert.Empty(Select(new Api.Filters().Add("label", "a").Add("label", "b")));
    }

    [Theory]
    [InlineData("publish", "8080")]
    [InlineData("publish", "80/udp")]
    [InlineData("expose", "85")]
    public void Ports_are_those_of_the_container_and_of_one_protocol(string key, string value) =>
        Assert.Empty(Select(new Api.Filters().Add(key, value)));

    [Theory]
    [InlineData("health", "poorly")]
    [InlineData("is-task", "perhaps")]
    [InlineData("publish", "http")]
    public void A_value_that_means_nothing_is_refused(string key, string value) =>
        Assert.Throws<EngineException>(() => Select(new Api.Filters().Add(key, value)));

    [Fact]
    public void A_status_that_does_not_exist_is_refused() =>
        Assert.Throws<EngineException>(() => Select(new Api.Filters().Add("status", "asleep")));

    private static List<string> Select(Api.Filters filters)
    {
        var filter = new ContainerFilter(filters, [Web, Old], _ => null);
        return [.. new[] { Web, Old }.Where(filter.Matches).Select(record => record.Name)];
    }

    private static ContainerRecord Record(string name, ContainerStatus status, Dictionary<string, string> labels) => new()
    {
        Id = new string('a', 64),
        Name = name,
        Created = DateTimeOffset.UnixEpoch,
        ImageId = "sha256:0",
        LogPath = "",
        Spec = new ContainerSpec { Image = "img" },
        Process = new ProcessRecord { Arguments = ["sh"], Labels = labels },
        State = new() { Status = status },
    };
}
