using System.Diagnostics;
using Orchestrator.Model;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Probing;

public sealed class NetworkFeaturesTests
{
    [RootFact]
    public void A_feature_works_exactly_if_it_does_for_iproute2()
    {
        var features = NetworkFeatures.Probe();

        foreach (var (feature, command) in new[]
        {
            ("8021q", "ip link add link p0 name v0 type vlan id 42"),
            ("bridge", "ip link add b0 type bridge"),
            ("dummy", "ip link add d0 type dummy"),
            ("htb", "tc qdisc add dev p0 root htb"),
            ("ipvlan", "ip link add link p0 name v0 type ipvlan mode l2"),
            ("macvlan", "ip link add link p0 name v0 type macvlan mode bridge"),
            ("netem", "tc qdisc add dev p0 root netem"),
            ("tbf", "tc qdisc add dev p0 root tbf rate 1mbit burst 15000 limit 30000"),
            ("vlan_filtering", "ip link add b0 type bridge vlan_filtering 1"),
            ("vxlan", "ip link add x0 type vxlan id 4097 dstport 4789"),
            ("wireguard", "ip link add w0 type wireguard"),
            ("esp", "ip xfrm state add src 127.0.0.1 dst 127.0.0.1 proto esp spi 0x1000 mode transport "
                + "aead 'rfc4106(gcm(aes))' 0x0102030405060708090a0b0c0d0e0f1011121314 128"),
        })
        {
            Assert.True(
                (features[feature] == NodeDescription.FeatureWorks) == Works(command), $"{feature}: {features[feature]}");
        }
    }

    [RootFact]
    public void What_does_not_work_has_the_kernels_word_for_it_and_nothing_is_left_behind()
    {
        var before = Directory.GetDirectories("/sys/class/net");

        var features = NetworkFeatures.Probe();

        Assert.All(features, f => Assert.Matches("^(ok|E[A-Z]+(, .+)?|[A-Z][A-Za-z]+)$", f.Value));
        Assert.Equal(before.Order(), Directory.GetDirectories("/sys/class/net").Order());
    }

    private static bool Works(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo(
            "unshare", ["-n", "sh", "-c", $"ip link add p0 type veth peer name p1 && {command}"])
        {
            RedirectStandardError = true,
        })!;
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }
}
