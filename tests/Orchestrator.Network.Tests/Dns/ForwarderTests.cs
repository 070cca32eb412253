using System.Net;
using System.Net.Sockets;
using Orchestrator.NetHelper;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Helper;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Dns;

public sealed class ForwarderTests
{
    [RootFact]
    public async Task Of_a_flood_of_questions_what_is_too_much_to_wait_fails_at_once()
    {
        const int AtOnce = 8, TooMany = 100;
        await using var host = new TestHost();
        host.Route.SetUp("lo");
        using var silent = Wire.Listen(host.Namespace, "127.0.0.1:53");
        using var reply = Wire.Listen(host.Namespace, "127.0.0.1:0");
        using var asker = Wire.Listen(host.Namespace, "127.0.0.1:0");
        using var forwarder = new Forwarder(host.Namespace, AtOnce);
        using var stop = new CancellationTokenSource();
        var config = new ResolverConfig("c", host.Namespace.Path, [], ["127.0.0.1"], []);
        var message = DnsCodec.WriteQuery(7, "example.org", DnsType.A);

        for (var i = 0; i < (4 * AtOnce) + TooMany; i++)
            forwarder.Start(
                message, DnsCodec.ReadQuery(message)!, config, asker.LocalEndPoint!.Serialize(), reply, stop.Token);

        var failed = 0;
        var answer = new byte[512];
        for (; asker.Available > 0; failed++)
            Assert.Equal(DnsCode.ServerFailure, DnsCodec.ReadAnswer(answer.AsSpan(0, asker.Receive(answer)))!.Value.Code);
        Assert.True(failed >= TooMany, $"{failed} failed"); // On a slow machine some more, for upstream says nothing.
        await stop.CancelAsync();
    }
}
