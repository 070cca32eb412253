namespace Orchestrator.Linux.Netlink;

/// <summary>Where in a link's tree of traffic control something stands.</summary>
/// <param name="Link">Index of the link.</param>
/// <param name="Parent">Major and minor number in 16 bits each; see <see cref="Root"/>, <see cref="Ingress"/>.</param>
/// <param name="Handle">Its own number; 0: the kernel's choice.</param>
public readonly record struct TrafficPlace(int Link, uint Parent, uint Handle)
{
    public const uint Root = 0xffffffff, Ingress = 0xfffffff1;
}

/// <summary>A queueing discipline, or a class of one, and its settings.</summary>
/// <param name="Kind">The kernel's name: <c>tbf</c>.</param>
public abstract record TrafficKind(string Kind)
{
    /// <summary>One without settings, or with those it has by itself: <c>ingress</c>, <c>clsact</c>.</summary>
    public sealed record Bare(string Kind) : TrafficKind(Kind);

    /// <summary><c>pfifo</c>, in packets, or <c>bfifo</c>, in bytes.</summary>
    public sealed record Fifo(string Kind, uint Limit) : TrafficKind(Kind);

    /// <summary>A token bucket.</summary>
    /// <param name="Rate">Bytes a second.</param>
    /// <param name="Burst">Bytes of the bucket.</param>
    /// <param name="Limit">Bytes that may wait.</param>
    /// <param name="PeakRate">Bytes a second, 0: none. <paramref name="Mtu"/> is its bucket.</param>
    public sealed record Tbf(ulong Rate, uint Burst, uint Limit, ulong PeakRate = 0, uint Mtu = 0)
        : TrafficKind("tbf");

    /// <param name="DefaultClass">Minor number of the class of what no filter takes.</param>
    public sealed record Htb(uint DefaultClass = 0, uint Quantum = 10) : TrafficKind("htb");

    /// <param name="Rate">Bytes a second, as <paramref name="Ceiling"/>. 0 for a burst: one that fits.</param>
    public sealed record HtbClass(
        ulong Rate, ulong Ceiling, uint Burst = 0, uint CeilingBurst = 0, uint Priority = 0, uint Quantum = 0)
        : TrafficKind("htb");

    /// <summary>A bad network. Shares are of 1.</summary>
    public sealed record Netem : TrafficKind
    {
        public Netem() : base("netem")
        {
        }

        public TimeSpan Delay { get; init; }

        public TimeSpan Jitter { get; init; }

        public double DelayCorrelation { get; init; }

        public double Loss { get; init; }

        public double LossCorrelation { get; init; }

        public double Duplicate { get; init; }

        public double DuplicateCorrelation { get; init; }

        public double Corrupt { get; init; }

        public double CorruptCorrelation { get; init; }

        public double Reorder { get; init; }

        public double ReorderCorrelation { get; init; }

        public uint Gap { get; init; }

        /// <summary>Packets that may wait.</summary>
        public uint Limit { get; init; } = 1000;

        /// <summary>Bytes a second, 0: no limit.</summary>
        public ulong Rate { get; init; }
    }
}

/// <summary>One that is there.</summary>
/// <param name="Rate">Bytes a second of a token bucket; 0 for all others.</param>
public sealed record TrafficInfo(string Kind, int Link, uint Parent, uint Handle, ulong Rate = 0);
