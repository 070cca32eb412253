using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Tests.Containers;

public sealed class LinkEnvironmentTests
{
    [Fact]
    public void A_port_is_told_as_a_whole_and_in_its_parts()
    {
        var all = LinkEnvironment.Of("my-db", "web", "172.17.0.2", ["5432/tcp"], []);

        Assert.Equal(
            [
                "MY_DB_PORT=tcp://172.17.0.2:5432",
                "MY_DB_PORT_5432_TCP=tcp://172.17.0.2:5432",
                "MY_DB_PORT_5432_TCP_ADDR=172.17.0.2",
                "MY_DB_PORT_5432_TCP_PORT=5432",
                "MY_DB_PORT_5432_TCP_PROTO=tcp",
                "MY_DB_NAME=/web/my-db",
            ],
            all);
    }

    [Fact]
    public void Ports_without_a_gap_are_told_as_a_range_too()
    {
        var all = LinkEnvironment.Of("db", "web", "10.0.0.2", ["82/tcp", "80/tcp", "81/tcp", "90/tcp"], []).ToList();

        Assert.Contains("DB_PORT_80_TCP_START=tcp://10.0.0.2:80", all);
        Assert.Contains("DB_PORT_80_TCP_END=tcp://10.0.0.2:82", all);
        Assert.DoesNotContain(all, variable => variable.StartsWith("DB_PORT_90_TCP_START", StringComparison.Ordinal));
    }

    [Fact]
    public void The_first_tcp_port_stands_for_all_even_after_an_udp_port() =>
        Assert.Equal("DB_PORT=tcp://10.0.0.2:80", LinkEnvironment.Of("db", "w", "10.0.0.2", ["53/udp", "80/tcp"], []).First());

    [Fact]
    public void Its_own_variables_are_passed_on_but_not_where_it_lives() =>
        Assert.Equal(
            ["DB_NAME=/web/db", "DB_ENV_USER=app"],
            LinkEnvironment.Of("db", "web", "10.0.0.2", [], ["PATH=/bin", "HOME=/root", "USER=app"]));

    [Theory]
    [InlineData("db", "db", "db")]
    [InlineData("db:store", "db", "store")]
    [InlineData("/db:/web/store", "db", "store")]
    public void A_link_is_read_as_typed_and_as_inspect_shows_it(string text, string container, string alias) =>
        Assert.Equal(new LinkSpec(container, alias), LinkSpec.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("a:b:c")]
    [InlineData("a:")]
    public void A_link_that_names_nothing_is_refused(string text) =>
        Assert.Equal(EngineError.InvalidArgument, Assert.Throws<EngineException>(() => LinkSpec.Parse(text)).Error);
}
