using System.Collections.Immutable;
using System.Text;
using Orchestrator.Network.Dns;

namespace Orchestrator.Network.Hosting;

/// <summary>Texts of a container's /etc/hostname, /etc/hosts and /etc/resolv.conf. Pure.</summary>
internal static class EtcFiles
{
    private const string Loopback = """
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::	ip6-localnet
        ff00::	ip6-mcastprefix
        ff02::1	ip6-allnodes
        ff02::2	ip6-allrouters

        """;

    /// <param name="hostGateways">Addresses that <c>host-gateway</c> in an extra host stands for.</param>
    public static SandboxFiles Write(SandboxRecord sandbox, ResolvConf host, ImmutableArray<string> hostGateways)
    {
        var config = sandbox.Config;
        return new SandboxFiles(config.Hostname + "\n", Hosts(sandbox, hostGateways), Resolv(sandbox, host).ToString());
    }

    /// <summary>Does the container ask us? Otherwise it asks its servers itself.</summary>
    public static bool NeedsResolver(SandboxRecord sandbox, ResolvConf host) =>
        sandbox.Named.Any() || Direct(sandbox, host).Length == 0;

    public static ResolvConf Upstream(SandboxRecord sandbox, ResolvConf host) => new(
        sandbox.Config.DnsServers.IsEmpty ? host.Servers : sandbox.Config.DnsServers,
        sandbox.Config.DnsSearch.IsEmpty ? host.Search : [.. sandbox.Config.DnsSearch.Where(s => s != ".")],
        sandbox.Config.DnsOptions.IsEmpty ? host.Options : sandbox.Config.DnsOptions);

    private static ResolvConf Resolv(SandboxRecord sandbox, ResolvConf host)
    {
        var upstream = Upstream(sandbox, host);
        if (!NeedsResolver(sandbox, host))
            return upstream with { Servers = [.. Direct(sandbox, host)] };
        // ndots:0 lets a bare name be asked as it is before the search list, which is how service names resolve.
        var options = upstream.Options.Any(o => o.StartsWith("ndots:", StringComparison.Ordinal))
            ? upstream.Options
            : upstream.Options.Add("ndots:0");
        return upstream with { Servers = ["127.0.0.11"], Options = options };
    }

    private static string[] Direct(SandboxRecord sandbox, ResolvConf host) =>
        [.. Upstream(sandbox, host).Servers.Where(s => !ResolvConf.IsLoopback(s))];

    private static string Hosts(SandboxRecord sandbox, ImmutableArray<string> hostGateways)
    {
        var text = new StringBuilder(Loopback);
        foreach (var extra in sandbox.Config.ExtraHosts)
        {
            var colon = extra.IndexOfAny([':', '=']);
            if (colon < 0)
                continue;
            var address = extra[(colon + 1)..];
            foreach (var one in address == "host-gateway" ? hostGateways : [address])
                text.Append(one).Append('\t').Append(extra, 0, colon).Append('\n');
        }

        foreach (var linked in sandbox.Config.LinkedHosts is { IsDefault: false } all ? all : [])
            text.Append(linked.Address).Append('\t').Append(linked.Names).Append('\n');

        var names = sandbox.Config.Domainname.Length > 0
            ? $"{sandbox.Config.Hostname}.{sandbox.Config.Domainname} {sandbox.Config.Hostname}"
            : sandbox.Config.Hostname;
        var shown = sandbox.Endpoints.Where(e => e.NetworkName != NetworkDrivers.GatewayNetwork && names.Length > 0);
        foreach (var address in shown.SelectMany(e => e.Addresses))
            text.Append(address).Append('\t').Append(names).Append('\n');

        return text.ToString();
    }
}
