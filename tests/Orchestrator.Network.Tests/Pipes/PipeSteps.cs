using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Pipes;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>What tests of pipes say to a host and look up in a container.</summary>
internal static class PipeSteps
{
    public static Task<Pipe> PipeAsync(
        this TestHost host, string hostInterface, string container, string address, string last = "",
        string family = "", Func<PipeConfig, PipeConfig>? with = null)
    {
        var plain = new PipeConfig { HostInterface = hostInterface };
        return host.Network.AddPipeAsync(
            container, PipeWords.Parse(with is null ? plain : with(plain), address, last, family), default);
    }

    /// <summary>A command of iproute2, which lasts.</summary>
    public static string Run(this TestHost host, string container, string tool, params string[] words) =>
        host.Network.RunCommandAsync(container, tool, words, keep: true, default).GetAwaiter().GetResult();

    public static LinkInfo? Link(this TestContainer container, string name)
    {
        using var inside = RouteSocket.Open(container.Namespace);
        return inside.FindLink(name);
    }

    public static List<AddressInfo> Addresses(this TestContainer container)
    {
        using var inside = RouteSocket.Open(container.Namespace);
        return inside.ListAddresses();
    }

    public static RouteInfo? Default(this TestContainer container)
    {
        using var inside = RouteSocket.Open(container.Namespace);
        return inside.ListRoutes().Find(r => r.Destination.PrefixLength == 0);
    }
}
