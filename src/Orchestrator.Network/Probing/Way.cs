using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Model;

namespace Orchestrator.Network.Probing;

/// <summary>One way that packets of the cluster take from this node.</summary>
/// <param name="Space">Namespace it begins in; disposed with the measuring.</param>
/// <param name="Mtu">Size of packet that has to come through whole.</param>
internal sealed record Way(
    string From, string To, WayKind Kind, NetNamespace Space, IPAddress Source, IPAddress Target, int Mtu)
{
    /// <summary>In the place of a port: echoes are asked for, which show sizes, too.</summary>
    public const int Echoes = 0;

    private const int Questions = 5, Knocks = 2, SmallPacket = 84, LeastMtu = 576;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    /// <summary>The port of TCP that is asked where only that is let through.</summary>
    public int Port { get; init; } = Echoes;

    /// <summary>UDP port of VXLAN, for what goes by that.</summary>
    public int DataPathPort { get; init; } = ClusterPorts.Vxlan;

    public Task<NetworkPath> MeasureAsync(CancellationToken cancellationToken) =>
        Port == Echoes ? EchoAsync(cancellationToken) : KnockAsync(cancellationToken);

    /// <summary>A program may listen there: it is not asked more often than has to be, and no sizes are tried.</summary>
    private async Task<NetworkPath> KnockAsync(CancellationToken cancellationToken)
    {
        using var space = Space;
        var times = new List<TimeSpan>();
        for (var i = 0; i < Knocks; i++)
        {
            if (await Knock.AskAsync(space, Source, new IPEndPoint(Target, Port), Patience, cancellationToken) is { } time)
                times.Add(time);
        }

        return Found(times, Knocks, Mtu);
    }

    private async Task<NetworkPath> EchoAsync(CancellationToken cancellationToken)
    {
        using var space = Space;
        var times = new List<TimeSpan>();
        var mtu = 0;
        try
        {
            using var echo = Echo.Open(space, Source);
            for (var i = 0; i < Questions; i++)
            {
                if (await echo.AskAsync(Target, SmallPacket, Patience, cancellationToken) is { } time)
                    times.Add(time);
            }

            mtu = times.Count == 0 ? 0 : await LargestAsync(echo, cancellationToken);
        }
        catch (SocketException)
        {
            // The address it should begin at is gone; that is told elsewhere, and nothing answers.
        }

        return Found(times, Questions, mtu);
    }

    private NetworkPath Found(List<TimeSpan> times, int asked, int mtu)
    {
        times.Sort();
        return new NetworkPath(From, To, Kind, 1 - (times.Count / (double)asked),
            times.Count == 0 ? null : times[times.Count / 2], mtu, Mtu) { DataPathPort = DataPathPort };
    }

    private async Task<int> LargestAsync(Echo echo, CancellationToken cancellationToken)
    {
        var (passes, fails) = (SmallPacket, Mtu + 1);
        for (var size = Mtu; fails - passes > 1; size = (passes + fails) / 2)
        {
            var first = await echo.AskAsync(Target, size, Patience, cancellationToken);
            if (first is not null || await echo.AskAsync(Target, size, Patience, cancellationToken) is not null)
                passes = size;
            else
                fails = size;
            if (fails < LeastMtu)
                break;
        }

        return passes;
    }
}
