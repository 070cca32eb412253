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
            {
                var (first, last) = HostPorts(binding.HostPort);
                yield return new PortBinding(binding.HostIp, first, port, protocol, last);
            }
        }
    }

    public static Dictionary<string, Api.PortBinding[]?> ToApi(IEnumerable<PortBinding> bindings) => bindings
        .GroupBy(binding => $"{binding.ContainerPort}/{binding.Protocol}")
        .ToDictionary(group => group.Key, group => (Api.PortBinding[]?)[.. group.Select(binding => new Api.PortBinding
        {
            HostIp = binding.HostIp,
            HostPort = binding switch
            {
                { HostPort: 0 } => "",
                { LastHostPort: 0 } => binding.HostPort.ToString(CultureInfo.InvariantCulture),
                _ => $"{binding.HostPort}-{binding.LastHostPort}",
            },
        })]);

    public static (int Port, string Protocol) Key(string key)
    {
        var slash = key.IndexOf('/');
        var protocol = slash < 0 ? "tcp" : key[(slash + 1)..].ToLowerInvariant();
        if (protocol is not ("tcp" or "udp" or "sctp"))
            throw EngineException.Invalid($"invalid proto: {protocol}; use tcp, udp or sctp");
        return (Number(slash < 0 ? key : key[..slash], lowest: 1), protocol);
    }

    /// <returns>The last is 0 for a port that is no range.</returns>
    private static (int First, int Last) HostPorts(string text)
    {
        if (text.Length == 0)
            return (0, 0);
        var bounds = text.Split('-').Select(bound => Number(bound, lowest: 0)).ToList();
        return bounds switch
        {
            [var only] => (only, 0),
            [var first, var last] when first <= last => (first, first == last ? 0 : last),
            _ => throw EngineException.Invalid($"invalid port specification: \"{text}\"; write 8000 or 8000-8010"),
        };
    }

    private static int Number(string text, int lowest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port >= lowest && port <= 65535
            ? port
            : throw EngineException.Invalid($"invalid port specification: \"{text}\"; ports are {lowest} to 65535");
}
