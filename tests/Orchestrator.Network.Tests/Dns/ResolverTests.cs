using Orchestrator.Network.Dns;

namespace Orchestrator.Network.Tests.Dns;

public sealed class ResolverTests
{
    private static readonly OverlayView Overlay = new(new NetworkConfig { Name = "backend" })
    {
        Services =
        [
            new OverlayService("s1", "web", "10.0.1.2")
            {
                Aliases = ["www"], Ports = [new("http", "tcp", 80), new("", "udp", 53)],
            },
            new OverlayService("s2", "db", null, EndpointMode.DnsRoundRobin) { Ports = [new("sql", "tcp", 5432)] },
        ],
        Endpoints =
        [
            Task("web.1.a", "s1", "10.0.1.3", ready: true), Task("web.2.b", "s1", "10.0.1.4", ready: false),
            Task("db.1.c", "s2", "10.0.1.5", ready: true), Task("db.2.d", "s2", "10.0.1.6", ready: true),
            new OverlayEndpoint { TaskId = "", Name = "", Ip = "10.0.1.9", NodeVtep = "192.0.2.1", Ready = true },
        ],
    };

    private static readonly NameTable Table = new NameTableBuilder("n1", "backend").Add(Overlay).Build();

    [Theory]
    [InlineData("web", "10.0.1.2")]
    [InlineData("www", "10.0.1.2")]
    [InlineData("WEB.Backend.", "10.0.1.2")]
    [InlineData("tasks.web", "10.0.1.3")]
    [InlineData("tasks.www", "10.0.1.3")]
    [InlineData("web.1.a", "10.0.1.3")]
    [InlineData("db", "10.0.1.5 10.0.1.6")]
    [InlineData("tasks.db", "10.0.1.5 10.0.1.6")]
    public void A_name_stands_for_the_service_or_its_ready_tasks(string name, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', Ask(name)!.Records.Select(r => r.Value)));

    [Fact]
    public void Whoever_calls_a_container_as_a_service_is_called_gets_nothing_of_what_is_meant_for_that()
    {
        var claimed = Overlay with
        {
            Endpoints = [.. Overlay.Endpoints, Task("WEB", "", "10.0.1.66", ready: true) with { Aliases = ["tasks.db", "own"] }],
        };
        var here = new Endpoint
        {
            NetworkId = "n1", NetworkName = "backend", ContainerId = "c", EndpointId = "e", Mac = "", InterfaceName = "eth0",
            HostInterfaceName = "veth", IPv4 = "10.0.1.67/24", DnsNames = ["www", "mine"],
        };
        var names = new NameTableBuilder("n1", "backend").Add(claimed).Add(here).Build().Names;

        Assert.Equal("10.0.1.2", names["web"].Single());
        Assert.Equal("10.0.1.2", names["www"].Single());
        Assert.Equal("10.0.1.5 10.0.1.6", string.Join(' ', names["tasks.db"]));
        Assert.Equal(("10.0.1.66", "10.0.1.67"), (names["own"].Single(), names["mine"].Single()));
    }

    [Fact]
    public void A_service_keeps_its_name_and_its_tasks_theirs_whatever_aliases_another_asks_for()
    {
        System.Collections.Immutable.ImmutableArray<string> claimed = ["WEB", "tasks.web", "db", "tasks.db", "db.1.c", "www", "al"];
        var names = new NameTableBuilder("n1", "backend").Add(Overlay with
        {
            Services =
            [
                new OverlayService("s3", "al", "10.0.1.20") { Aliases = claimed, Ports = [new("http", "tcp", 81)] },
                .. Overlay.Services,
            ],
            Endpoints = [Task("al.1.e", "s3", "10.0.1.21", ready: true) with { Aliases = claimed }, .. Overlay.Endpoints],
        }).Build();
        string Of(string name) => string.Join(' ', names.Names[name]);

        Assert.Equal(("10.0.1.2", "10.0.1.3"), (Of("web"), Of("tasks.web")));
        Assert.Equal(("10.0.1.5 10.0.1.6", "10.0.1.5 10.0.1.6"), (Of("db"), Of("tasks.db")));
        Assert.Equal(("10.0.1.5", "10.0.1.21"), (Of("db.1.c"), Of("al.1.e")));
        Assert.Equal(("10.0.1.20", "10.0.1.21"), (Of("al"), Of("tasks.al")));
        Assert.Equal(("10.0.1.2 10.0.1.20", "10.0.1.21 10.0.1.3"), (Of("www"), Of("tasks.www"))); // Nobody's name: shared.
        Assert.Equal("80 web.backend", string.Join(", ", names.Offers!["_http._tcp.web"]));
    }

    [Fact]
    public void A_task_that_is_not_ready_is_known_but_has_no_address()
    {
        Assert.Equal(DnsCode.NoError, Ask("web.2.b")!.Code);
        Assert.Empty(Ask("web.2.b")!.Records);
    }

    [Fact]
    public void A_known_name_of_a_type_there_is_none_of_is_answered_empty_and_not_forwarded()
    {
        Assert.Equal(DnsCode.NoError, Ask("web", DnsType.Aaaa)!.Code);
        Assert.Empty(Ask("web", DnsType.Aaaa)!.Records);
        Assert.Empty(Ask("web", (DnsType)15)!.Records);
    }

    [Theory]
    [InlineData("_http._tcp.web", "80 web.backend")]
    [InlineData("_80._tcp.WWW.Backend.", "80 web.backend")]
    [InlineData("_53._udp.web", "53 web.backend")]
    [InlineData("_http._tcp.tasks.web", "80 web.1.a.backend")]
    [InlineData("_sql._tcp.db", "5432 db.1.c.backend, 5432 db.2.d.backend")]
    [InlineData("web", "")]
    public void A_port_leads_to_the_service_or_its_ready_tasks(string name, string offers) =>
        Assert.Equal(offers, string.Join(", ", Ask(name, DnsType.Srv)!.Records.Select(r => r.Value)));

    [Theory]
    [InlineData("_http._udp.web")]
    [InlineData("_._tcp.web")]
    public void A_port_that_no_service_has_is_a_name_of_nobody(string name) => Assert.Null(Ask(name, DnsType.Srv));

    [Fact]
    public void A_port_is_known_by_its_name_whatever_is_asked_of_it() =>
        Assert.Empty(Ask("_http._tcp.web")!.Records);

    [Fact]
    public void A_name_of_nobody_is_forwarded() => Assert.Null(Ask("example.org"));

    [Fact]
    public void An_address_leads_back_to_its_task()
    {
        Assert.Equal("web.1.a.backend", Assert.Single(Ask("3.1.0.10.in-addr.arpa", DnsType.Ptr)!.Records).Value);
        Assert.Equal("web.backend", Assert.Single(Ask("2.1.0.10.in-addr.arpa", DnsType.Ptr)!.Records).Value);
        Assert.Null(Ask("4.1.0.10.in-addr.arpa", DnsType.Ptr));
        Assert.Null(Ask("9.1.0.10.in-addr.arpa", DnsType.Ptr));
    }

    [Fact]
    public void No_answer_may_be_kept_longer_than_five_seconds() =>
        Assert.All(Ask("tasks.db")!.Records, r => Assert.InRange(r.TtlSeconds, 0, 5));

    [Fact]
    public void The_first_network_that_knows_a_name_answers()
    {
        var other = new NameTableBuilder("n0", "front").Add("web", "10.9.9.9").Build();

        Assert.Equal("10.9.9.9", Resolver.Resolve(Query("web"), [other, Table])!.Records[0].Value);
        Assert.Equal("10.0.1.2", Resolver.Resolve(Query("web.backend"), [other, Table])!.Records[0].Value);
    }

    private static Resolution? Ask(string name, DnsType type = DnsType.A) =>
        Resolver.Resolve(Query(name, type), [Table]);

    private static DnsQuery Query(string name, DnsType type = DnsType.A) =>
        DnsCodec.ReadQuery(DnsCodec.WriteQuery(1, name, type))!;

    private static OverlayEndpoint Task(string name, string service, string ip, bool ready) =>
        new() { TaskId = name, Name = name, ServiceId = service, Ip = ip, NodeVtep = "192.0.2.1", Ready = ready };
}
