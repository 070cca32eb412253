using System.Globalization;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network;

namespace Orchestrator.Engine.Containers;

/// <summary>Refuses addresses, ports and variables that are none, in docker's words. Pure.</summary>
internal static class AddressCheck
{
    /// <exception cref="EngineException">The first that is wrong.</exception>
    public static void Check(ContainerSpec spec)
    {
        foreach (var variable in spec.Env)
            Refuse(variable.Length == 0 || variable[0] == '=', $"invalid environment variable: {variable}");
        foreach (var port in spec.ExposedPorts)
            Refuse(!IsPort(port), $"invalid port specification: \"{port}\"; write 80/tcp or 80-90/udp");
        foreach (var server in spec.Host.Dns)
            Refuse(!IPAddress.TryParse(server, out _), $"IP address is not correctly formatted: {server}");
        foreach (var host in spec.Host.ExtraHosts)
            CheckHost(host);
        foreach (var endpoint in spec.Networks)
            Check(endpoint, endpoint.NetworkId);
    }

    /// <param name="network">Its name.</param>
    public static void Check(EndpointConfig endpoint, string network)
    {
        Refuse(
            endpoint.Mac is { } text && !MacAddress.TryParse(text, out _),
            $"invalid MAC address: {endpoint.Mac}; write it as 02:42:ac:11:00:02");
        Refuse(
            endpoint.Mac is { } known && MacAddress.TryParse(known, out var mac) && !mac.IsOfOne,
            $"invalid MAC address: {endpoint.Mac} is not one that an interface can have; write it as 02:42:ac:11:00:02, with an "
            + "even first byte");
        if (network != NetworkMode.DefaultNetwork)
            return;
        Refuse(
            endpoint.IPv4 is not null || endpoint.IPv6 is not null, "user specified IP address is supported on user defined networks only; "
            + "make one with --subnet: orch network create");
        Refuse(
            !endpoint.Aliases.IsDefaultOrEmpty,
            "network-scoped alias is supported only for containers in user defined networks");
    }

    private static void CheckHost(string host)
    {
        var at = host.IndexOfAny([':', '=']);
        Refuse(at <= 0, $"bad format for add-host: \"{host}\"");
        var address = host[(at + 1)..];
        Refuse(
            address != "host-gateway" && !IPAddress.TryParse(address, out _),
            $"invalid IP address in add-host: \"{address}\"");
    }

    private static bool IsPort(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 2 || parts.Length == 2 && parts[1].ToLowerInvariant() is not ("tcp" or "udp" or "sctp"))
            return false;
        var bounds = parts[0].Split('-').Select(Number).ToList();
        return bounds.Count is 1 or 2 && bounds[0] > 0 && bounds[^1] >= bounds[0];
    }

    /// <returns>0: none.</returns>
    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port : 0;

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
            throw EngineException.Invalid(message);
    }
}
