using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Orchestrator.Model;

namespace Orchestrator.Daemon.Clustering;

/// <summary>Turns what a user types for an address (an address, an interface, nothing) into an address.</summary>
internal static class Addresses
{
    public const int DefaultPort = ClusterPorts.Manager;

    /// <summary>ADDRESS[:PORT] or INTERFACE[:PORT] as typed; the address is null when nothing was.</summary>
    public static (string? Host, int Port) Split(string typed)
    {
        if (typed.Length == 0)
            return (null, DefaultPort);
        if (IPEndPoint.TryParse(typed, out var endpoint) && typed.Contains(':', StringComparison.Ordinal)
            && !IPAddress.TryParse(typed, out _))
        {
            return (endpoint.Address.ToString(), endpoint.Port);
        }

        var colon = typed.LastIndexOf(':');
        return colon > 0 && int.TryParse(typed.AsSpan(colon + 1), out var port) && !IPAddress.TryParse(typed, out _)
            ? (typed[..colon], port)
            : (typed, DefaultPort);
    }

    /// <summary>An address of this host to bind, as <see cref="Resolve"/> but never another host's.</summary>
    public static string ResolveLocal(string? host, string flag)
    {
        var address = Resolve(host, flag);
        return NetworkInterface.GetAllNetworkInterfaces().SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Any(a => a.Address.ToString() == address)
            ? address
            : throw new UserException(
                ErrorCode.InvalidArgument, $"{flag}: {address} is not an address of this host.",
                "List them: ip -brief address");
    }

    /// <summary>What others shall call this host: one of its addresses, or one that is translated to it.</summary>
    /// <param name="flag">Named in the error, such as <c>--advertise-addr</c>.</param>
    /// <exception cref="UserException">No such interface, or several addresses to choose from.</exception>
    public static string Resolve(string? host, string flag)
    {
        if (host is null or "0.0.0.0")
            return OnlyOne(flag);
        if (IPAddress.TryParse(host, out var address))
            return address.ToString();
        var link = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(n => n.Name == host)
            ?? throw new UserException(
                ErrorCode.InvalidArgument, $"{flag}: {host} is neither an address nor an interface of this host.",
                "List them: ip -brief address");
        return Of(link).FirstOrDefault()?.ToString() ?? throw new UserException(
            ErrorCode.InvalidArgument, $"{flag}: interface {host} has no address that others could reach.",
            "Give it one, or name another.");
    }

    /// <summary>HOST or HOST:PORT as HOST:PORT.</summary>
    public static string WithPort(string typed)
    {
        var (host, port) = Split(typed);
        return Join(host ?? "", port);
    }

    /// <summary>HOST:PORT, an address of IPv6 in brackets.</summary>
    public static string Join(string host, int port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    /// <summary>What <see cref="Join"/> was given.</summary>
    public static string HostOf(string address) => address[..address.LastIndexOf(':')].Trim('[', ']');

    /// <summary>Where to listen when nothing is said: on every address of a host that others know by this one.</summary>
    public static string Everywhere(string advertised) => advertised.Contains(':', StringComparison.Ordinal) ? "::" : "0.0.0.0";

    /// <summary>The address of this host from which packets to another leave.</summary>
    /// <param name="remote">HOST:PORT.</param>
    public static string Towards(string remote)
    {
        var (host, port) = Split(remote);
        try
        {
            using var probe = new Socket(FamilyOf(host!), SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(host!, port); // Of a datagram socket: chooses a route, sends nothing.
            return ((IPEndPoint)probe.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException e)
        {
            throw new UserException(
                ErrorCode.Unavailable, $"no route to {remote}: {e.Message}", "Check the address of the manager.", e);
        }
    }

    /// <summary>A name may have addresses of both: IPv4 before IPv6, as everywhere here.</summary>
    private static AddressFamily FamilyOf(string host) => IPAddress.TryParse(host, out var address)
        ? address.AddressFamily
        : Dns.GetHostAddresses(host).Select(a => a.AddressFamily).Order().FirstOrDefault(AddressFamily.InterNetwork);

    private static string OnlyOne(string flag)
    {
        var candidates = NetworkInterface.GetAllNetworkInterfaces()
            .Where(n => n.OperationalStatus == OperationalStatus.Up && !IsOurs(n.Name)
                && n.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(Of).Distinct().ToList();
        if (candidates.Exists(a => a.AddressFamily == AddressFamily.InterNetwork))
            candidates.RemoveAll(a => a.AddressFamily != AddressFamily.InterNetwork);
        return candidates switch
        {
            [var one] => one.ToString(),
            [] => throw new UserException(
                ErrorCode.InvalidArgument, "could not find an address of this host to advertise.",
                $"Name one with {flag}"),
            _ => throw new UserException(
                ErrorCode.InvalidArgument,
                "could not choose an IP address to advertise since this system has several "
                + $"({string.Join(", ", candidates)}).",
                $"Name one with {flag}"),
        };
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("orch", StringComparison.Ordinal) || name.StartsWith("docker", StringComparison.Ordinal)
        || name is "ing0";

    /// <summary>Those that others can reach, those of IPv4 first.</summary>
    private static IEnumerable<IPAddress> Of(NetworkInterface link) =>
        link.GetIPProperties().UnicastAddresses.Select(a => a.Address)
            .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal).OrderBy(a => a.AddressFamily);
}
