using System.Buffers.Binary;

namespace Orchestrator.Linux.Netlink;

/// <summary>Settings of queueing disciplines as the kernel takes them. Source: linux/pkt_sched.h.</summary>
internal static class TrafficEncoder
{
    // The kernel's tick is 64 ns (net/pkt_sched.h, PSCHED_SHIFT 6), whatever its clock is.
    private const int NanosecondsOfTick = 64;
    private const byte TC_LINKLAYER_ETHERNET = 1; // Without it, tables of rates would have to come along.
    private const int TCA_TBF_PARMS = 1, TCA_TBF_RATE64 = 4, TCA_TBF_PRATE64 = 5, TCA_TBF_BURST = 6, TCA_TBF_PBURST = 7;
    private const int TCA_HTB_PARMS = 1, TCA_HTB_INIT = 2, TCA_HTB_RATE64 = 6, TCA_HTB_CEIL64 = 7;
    private const int TCA_NETEM_CORR = 1, TCA_NETEM_REORDER = 3, TCA_NETEM_CORRUPT = 4, TCA_NETEM_RATE = 6;
    private const int TCA_NETEM_RATE64 = 8, TCA_NETEM_LATENCY64 = 10, TCA_NETEM_JITTER64 = 11;
    private const uint DefaultMtu = 1600;

    public static NetlinkMessage Write(NetlinkMessage message, int options, TrafficKind kind) => kind switch
    {
        TrafficKind.Fifo fifo => message.Add(options, Words(fifo.Limit)),
        TrafficKind.Tbf tbf => message.Nest(options, nest => Write(nest, tbf)),
        TrafficKind.Htb htb => message.Nest(
            options, nest => nest.Add(TCA_HTB_INIT, Words(3, htb.Quantum, htb.DefaultClass, 0, 0))),
        TrafficKind.HtbClass htb => message.Nest(options, nest => Write(nest, htb)),
        TrafficKind.Netem netem => Write(message, options, netem),
        _ => message,
    };

    private static void Write(NetlinkMessage nest, TrafficKind.Tbf tbf)
    {
        byte[] parameters =
        [
            .. Rate(tbf.Rate), .. tbf.PeakRate > 0 ? Rate(tbf.PeakRate) : new byte[12],
            .. Words(tbf.Limit, Ticks(tbf.Burst, tbf.Rate), tbf.PeakRate > 0 ? Ticks(tbf.Mtu, tbf.PeakRate) : 0),
        ];
        nest.Add(TCA_TBF_PARMS, parameters).Add(TCA_TBF_BURST, Words(tbf.Burst));
        AddLarge(nest, TCA_TBF_RATE64, tbf.Rate);
        AddLarge(nest, TCA_TBF_PRATE64, tbf.PeakRate);
        if (tbf.PeakRate > 0)
            nest.Add(TCA_TBF_PBURST, Words(tbf.Mtu));
    }

    private static void Write(NetlinkMessage nest, TrafficKind.HtbClass htb)
    {
        var burst = htb.Burst > 0 ? htb.Burst : Bucket(htb.Rate);
        var ceilingBurst = htb.CeilingBurst > 0 ? htb.CeilingBurst : Bucket(htb.Ceiling);
        byte[] parameters =
        [
            .. Rate(htb.Rate), .. Rate(htb.Ceiling),
            .. Words(Ticks(burst, htb.Rate), Ticks(ceilingBurst, htb.Ceiling), htb.Quantum, 0, htb.Priority),
        ];
        nest.Add(TCA_HTB_PARMS, parameters);
        AddLarge(nest, TCA_HTB_RATE64, htb.Rate);
        AddLarge(nest, TCA_HTB_CEIL64, htb.Ceiling);
    }

    /// <summary>The struct comes first, the attributes after it, in one and the same attribute.</summary>
    private static NetlinkMessage Write(NetlinkMessage message, int options, TrafficKind.Netem netem) =>
        message.Nest(options, nest =>
        {
            nest.Struct(new NetemHead
            {
                Latency = 0,
                Jitter = 0,
                Limit = netem.Limit,
                Loss = Share(netem.Loss),
                Gap = netem.Gap > 0 ? netem.Gap : netem.Reorder > 0 ? 1u : 0,
                Duplicate = Share(netem.Duplicate),
            });
            nest.Add(TCA_NETEM_CORR, Words(
                Share(netem.DelayCorrelation), Share(netem.LossCorrelation), Share(netem.DuplicateCorrelation)));
            AddPair(nest, TCA_NETEM_REORDER, netem.Reorder, netem.ReorderCorrelation);
            AddPair(nest, TCA_NETEM_CORRUPT, netem.Corrupt, netem.CorruptCorrelation);
            if (netem.Rate > 0)
            {
                nest.Add(TCA_NETEM_RATE, Words((uint)Math.Min(netem.Rate, uint.MaxValue), 0, 0, 0));
                AddLarge(nest, TCA_NETEM_RATE64, netem.Rate);
            }

            nest.Add(TCA_NETEM_LATENCY64, Long(netem.Delay.Ticks * 100));
            nest.Add(TCA_NETEM_JITTER64, Long(netem.Jitter.Ticks * 100));
        });

    private static void AddPair(NetlinkMessage nest, int type, double share, double correlation)
    {
        if (share > 0)
            nest.Add(type, Words(Share(share), Share(correlation)));
    }

    private static void AddLarge(NetlinkMessage nest, int type, ulong rate)
    {
        if (rate > uint.MaxValue)
            nest.Add(type, Long((long)rate));
    }

    /// <summary>struct tc_ratespec.</summary>
    private static byte[] Rate(ulong bytesPerSecond) =>
        [0, TC_LINKLAYER_ETHERNET, 0, 0, 0, 0, 0, 0, .. Words((uint)Math.Min(bytesPerSecond, uint.MaxValue))];

    /// <summary>How long so many bytes take.</summary>
    private static uint Ticks(uint bytes, ulong rate) =>
        (uint)Math.Min(uint.MaxValue, bytes * 1e9 / rate / NanosecondsOfTick);

    /// <summary>What may go at once, as <c>tc</c> chooses it: ten milliseconds' worth and a packet.</summary>
    private static uint Bucket(ulong rate) => (uint)Math.Min(uint.MaxValue, (rate / 100) + DefaultMtu);

    private static uint Share(double share) => (uint)Math.Round(Math.Clamp(share, 0, 1) * uint.MaxValue);

    private static byte[] Words(params ReadOnlySpan<uint> words)
    {
        var bytes = new byte[words.Length * 4];
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), words[i]);
        return bytes;
    }

    private static byte[] Long(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>struct tc_netem_qopt. Delay and jitter come as attributes, which can be longer.</summary>
    private struct NetemHead
    {
        public uint Latency;
        public uint Limit;
        public uint Loss;
        public uint Gap;
        public uint Duplicate;
        public uint Jitter;
    }
}
