using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Network;

namespace Orchestrator.NetHelper;

/// <summary>Host ports held by real sockets, so that no other program can take one that is published.</summary>
/// <remarks>
/// The sockets listen, which is what makes the kernel refuse others, but a filter drops whatever reaches them:
/// packets are to be translated before they get here, and until the rules stand nobody may connect to nothing.
/// </remarks>
internal sealed class PortReservations : IDisposable
{
    private readonly Dictionary<string, Holding> holdings = [];

    public ICollection<string> Owners => holdings.Keys;

    /// <returns>The bindings with every port filled in. Held already by the same owner: those.</returns>
    /// <exception cref="NetworkException">One is taken; none is held then.</exception>
    public ImmutableArray<PortBinding> Reserve(string owner, ImmutableArray<PortBinding> wanted)
    {
        if (holdings.TryGetValue(owner, out var held) && Covers(held.Bindings, wanted))
            return held.Bindings;
        Release(owner);
        var sockets = new List<Socket>();
        try
        {
            var bindings = wanted.Select(binding => Hold(binding, sockets)).ToImmutableArray();
            holdings.Add(owner, new Holding(bindings, sockets));
            return bindings;
        }
        catch
        {
            sockets.ForEach(s => s.Dispose());
            throw;
        }
    }

    public void Release(string owner)
    {
        if (holdings.Remove(owner, out var held))
            held.Sockets.ForEach(s => s.Dispose());
    }

    public void Dispose()
    {
        foreach (var owner in holdings.Keys.ToList())
            Release(owner);
    }

    private static bool Covers(ImmutableArray<PortBinding> held, ImmutableArray<PortBinding> wanted) =>
        held.Length == wanted.Length
        && held.Zip(wanted).All(p => IsOf(p.First, p.Second));

    /// <summary>Whether a port that is held is one of those asked for.</summary>
    private static bool IsOf(PortBinding held, PortBinding wanted) =>
        held == wanted with { HostPort = held.HostPort, LastHostPort = 0 }
        && (wanted.HostPort == 0 || held.HostPort >= wanted.HostPort
            && held.HostPort <= Math.Max(wanted.HostPort, wanted.LastHostPort));

    /// <summary>The first of a range that is free.</summary>
    private PortBinding Hold(PortBinding binding, List<Socket> sockets)
    {
        for (; binding.HostPort < binding.LastHostPort; binding = binding with { HostPort = binding.HostPort + 1 })
        {
            try
            {
                return HoldOne(binding, sockets);
            }
            catch (NetworkException e) when (e.Fault == NetworkFault.PortTaken)
            {
                // The next may be free; of the last one the refusal is told.
            }
        }

        try
        {
            return HoldOne(binding, sockets);
        }
        catch (NetworkException e) when (e.Fault == NetworkFault.PortTaken)
        {
            if (HolderOf(binding) is { } owner)
                throw new NetworkException(NetworkFault.PortTaken, e.Message, e) { Holder = owner };
            // Of the last one only, for to find out takes a while.
            throw PortUser.Find(binding.Protocol, binding.HostPort) is { } user
                ? new NetworkException(NetworkFault.PortTaken, $"{e.Message}: {user}", e) : e;
        }
    }

    /// <returns>For whom a port is held that this one would overlap; null: it is none of those held.</returns>
    private string? HolderOf(PortBinding wanted) => holdings.FirstOrDefault(holding => holding.Value.Bindings.Any(held =>
        held.Protocol == wanted.Protocol && held.HostPort == wanted.HostPort
        && held.Split().Any(one => wanted.Split().Any(other => Meet(one.HostIp, other.HostIp))))).Key;

    private static bool Meet(string one, string other) =>
        IsIPv6(one) == IsIPv6(other) && (IsEverywhere(one) || IsEverywhere(other) || one == other);

    private static bool IsIPv6(string hostIp) => hostIp.Contains(':', StringComparison.Ordinal);

    private static bool IsEverywhere(string hostIp) => hostIp is "" or "0.0.0.0" or "::";

    private static PortBinding HoldOne(PortBinding binding, List<Socket> sockets)
    {
        var address = binding.BothFamilies ? IPAddress.IPv6Any
            : binding.HostIp.Length == 0 ? IPAddress.Any : IPAddress.Parse(binding.HostIp);
        var socket = Open(binding.Protocol, address.AddressFamily);
        sockets.Add(socket);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = binding.BothFamilies; // One socket, so that one number is free in both or is not.
            RefuseEverything(socket);
            socket.Bind(new IPEndPoint(address, binding.HostPort));
            if (socket.SocketType == SocketType.Stream)
                socket.Listen();
        }
        catch (SocketException e)
        {
            throw Refusal(binding, address, e);
        }

        return binding with { HostPort = ((IPEndPoint)socket.LocalEndPoint!).Port, LastHostPort = 0 };
    }

    /// <exception cref="NetworkException">This kernel has no SCTP.</exception>
    private static Socket Open(string protocol, AddressFamily family)
    {
        try
        {
            return protocol switch
            {
                "udp" => new Socket(family, SocketType.Dgram, ProtocolType.Udp),
                "sctp" => SctpSocket.Open(family),
                _ => new Socket(family, SocketType.Stream, ProtocolType.Tcp),
            };
        }
        catch (LinuxException) when (protocol == "sctp")
        {
            throw new NetworkException(
                NetworkFault.Invalid, "this host's kernel has no SCTP; load its module (modprobe sctp), or use tcp");
        }
    }

    private static NetworkException Refusal(PortBinding binding, IPAddress address, SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => new NetworkException(
                NetworkFault.PortTaken,
                $"Bind for {Shown(binding)}:{binding.HostPort} failed: port is already allocated; "
                + "publish another port, or stop what uses this one"),
            SocketError.AddressNotAvailable => new NetworkException(
                NetworkFault.Invalid,
                $"Bind for {Shown(binding)}:{binding.HostPort} failed: the host has no address "
                + $"{address}; publish on one it has"),
            _ => new NetworkException(
                NetworkFault.Kernel, $"Bind for {Shown(binding)}:{binding.HostPort} failed: {e.Message}"),
        };

    private static string Shown(PortBinding binding) => binding.HostIp.Length == 0 ? "0.0.0.0"
        : binding.HostIp.Contains(':', StringComparison.Ordinal) ? $"[{binding.HostIp}]" : binding.HostIp;

    /// <summary>Attaches the one-instruction program "return 0": accept nothing. Source: socket(7),
    /// SO_ATTACH_FILTER.</summary>
    private static void RefuseEverything(Socket socket)
    {
        const int SOL_SOCKET = 1, SO_ATTACH_FILTER = 26;
        const byte BPF_RET = 6;

        byte[] program = [BPF_RET, 0, 0, 0, 0, 0, 0, 0];
        var pinned = System.Runtime.InteropServices.GCHandle.Alloc(program,
            System.Runtime.InteropServices.GCHandleType.Pinned);
        try
        {
            var header = new byte[16]; // struct sock_fprog: length in instructions, then a pointer.
            header[0] = 1;
            BitConverter.TryWriteBytes(header.AsSpan(8), pinned.AddrOfPinnedObject());
            socket.SetRawSocketOption(SOL_SOCKET, SO_ATTACH_FILTER, header);
        }
        finally
        {
            pinned.Free();
        }
    }

    private sealed record Holding(ImmutableArray<PortBinding> Bindings, List<Socket> Sockets);
}
