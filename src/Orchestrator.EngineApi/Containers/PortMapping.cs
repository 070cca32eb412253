using System.Globalization;
using Orchestrator.Engine;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Containers;

/// <summary>Published ports as docker spells them: <c>"80/tcp" → [{HostIp, HostPort}]</c>. Pure.</summary>
internal static class PortMapping
{
    public static IEnumerable<PortBinding> ToBindings(Dictionary<string, Api.PortBinding[]?> ports)
    {
        foreach (var (key, bindings) in ports)
        {
            var (port, protocol) = Key(key);
            // A key without bindings asks for a port of the host's choosing.
            foreach (var binding in bindings is { Length: > 0 } ? bindings : [new Api.PortBinding()])
                yield return new PortBinding(binding.HostIp, HostPort(binding.HostPort), port, protocol);
        }
    }

    public static Dictionary<string, Api.PortBinding[]?> ToApi(IEnumerable<PortBinding> bindings) => bindings
        .GroupBy(binding => $"{binding.ContainerPort}/{binding.Protocol}")
        .ToDictionary(group => group.Key, group => (Api.PortBinding[]?)[.. group.Select(binding => new Api.PortBinding
        {
            HostIp = binding.HostIp,
            HostPort = binding.HostPort == 0 ? "" : binding.HostPort.ToString(CultureInfo.InvariantCulture),
        })]);

    public static (int Port, string Protocol) Key(string key)
    {
        var slash = key.IndexOf('/');
        var protocol = slash < 0 ? "tcp" : key[(slash + 1)..].ToLowerInvariant();
        if (protocol is not ("tcp" or "udp" or "sctp"))
            throw EngineException.Invalid($"invalid proto: {protocol}; use tcp, udp or sctp");
        return (Number(slash < 0 ? key : key[..slash], lowest: 1), protocol);
    }

    private static int HostPort(string text) => text.Length == 0 ? 0 : Number(text.Split('-')[0], lowest: 0);

    private static int Number(string text, int lowest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port >= lowest && port <= 65535
            ? port
            : throw EngineException.Invalid($"invalid port specification: \"{text}\"; ports are {lowest} to 65535");
}
