using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Orchestrator.Agent.Networks;

/// <summary>At which address other nodes reach this one now: the one it was told, or what became of it.</summary>
/// <remarks>An address that a DHCP server gave may be another one tomorrow. One that is gone for a moment is waited for;
/// one that comes back is taken up again.</remarks>
internal sealed class UnderlayAddress
{
    /// <summary>Looks at which an address has to be missing before another one takes its place.</summary>
    private const int Patience = 2;

    /// <summary>RFC 5737: nobody is there. The way to it is the way to the world.</summary>
    private static readonly IPAddress World = IPAddress.Parse("192.0.2.1");

    private readonly string told;
    private int missed;

    /// <param name="told">The address, no port, that the operator or the join chose.</param>
    public UnderlayAddress(string told) => (this.told, Current) = (told, told);

    public string Current { get; private set; }

    /// <param name="local">Addresses of this host.</param>
    /// <param name="managers">Addresses of managers, no ports.</param>
    /// <param name="sourceTo">Address that this host would send from to another one; null: there is no way.</param>
    /// <returns>It is another one than at the last look.</returns>
    public bool Look(IReadOnlySet<string> local, IEnumerable<string> managers, Func<IPAddress, IPAddress?> sourceTo)
    {
        if (local.Contains(told))
            return Take(told);
        if (local.Contains(Current) || ++missed < Patience)
            return false;
        var found = managers.Where(m => m != told && m != Current)
            .Select(m => IPAddress.TryParse(m, out var address) ? sourceTo(address) : null).Append(sourceTo(World))
            .FirstOrDefault(a => a is not null && !IPAddress.IsLoopback(a) && IsOfFamily(a));
        return found is not null && Take(found.ToString());
    }

    public static HashSet<string> Local() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address.ToString())];

    public static IPAddress? SourceTo(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(address, 9); // Sends nothing.
            return (socket.LocalEndPoint as IPEndPoint)?.Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Nodes that talk by the one cannot reach it by the other.</summary>
    private bool IsOfFamily(IPAddress address) =>
        !IPAddress.TryParse(told, out var before) || before.AddressFamily == address.AddressFamily;

    private bool Take(string address)
    {
        missed = 0;
        if (address == Current)
            return false;
        Current = address;
        return true;
    }
}
