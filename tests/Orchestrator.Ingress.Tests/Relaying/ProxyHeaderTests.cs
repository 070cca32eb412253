using System.Net;
using Orchestrator.Ingress.Relaying;

namespace Orchestrator.Ingress.Tests.Relaying;

public sealed class ProxyHeaderTests
{
    // The examples of the specification's own text: signature, version and command, family, length, then addresses.
    [Theory]
    [InlineData("192.0.2.9:56324", "198.51.100.1:443", "0d0a0d0a000d0a515549540a2111000cc0000209c6336401dc0401bb")]
    [InlineData("[::ffff:192.0.2.9]:1", "[::ffff:198.51.100.1]:2", "0d0a0d0a000d0a515549540a2111000cc0000209c633640100010002")]
    [InlineData("[2001:db8::1]:1", "[2001:db8::2]:2",
        "0d0a0d0a000d0a515549540a2121002420010db800000000000000000000000120010db800000000000000000000000200010002")]
    public void The_header_says_who_the_client_is_and_what_it_asked_for(string client, string server, string bytes) =>
        Assert.Equal(
            bytes, Convert.ToHexStringLower(ProxyHeader.Write(IPEndPoint.Parse(client), IPEndPoint.Parse(server))));
}
