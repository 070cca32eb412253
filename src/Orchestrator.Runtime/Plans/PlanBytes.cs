using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Orchestrator.Init;

namespace Orchestrator.Runtime.Plans;

/// <summary>
/// Lays a plan out as init maps it: header, steps of one size, then texts and lists that steps point into.
/// </summary>
internal static class PlanBytes
{
    public static byte[] Encode(IReadOnlyList<PlanEntry> entries)
    {
        var data = new DataSection(Unsafe.SizeOf<PlanHeader>() + (entries.Count * Unsafe.SizeOf<PlanStep>()));
        var steps = new PlanStep[entries.Count];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = Lay(entries[i], data);
        var header = new PlanHeader
        {
            Magic = PlanHeader.ExpectedMagic, Steps = steps.Length, Length = data.Start + data.Bytes.Count,
        };
        var plan = new byte[header.Length];
        MemoryMarshal.Write(plan, header);
        MemoryMarshal.AsBytes<PlanStep>(steps).CopyTo(plan.AsSpan(Unsafe.SizeOf<PlanHeader>()));
        data.Bytes.CopyTo(plan, data.Start);
        return plan;
    }

    private static PlanStep Lay(PlanEntry entry, DataSection data) => new()
    {
        Op = entry.Op,
        Flags = entry.Groups?.Length ?? entry.Flags,
        A = entry.Arguments is { } arguments ? data.List(arguments) : entry.A,
        B = entry.Environment is { } environment ? data.List(environment) : entry.B,
        C = entry.Groups is { } groups ? data.Add(MemoryMarshal.AsBytes<uint>(groups))
            : entry.Filter is { } filter ? data.Add(filter.Bytes) : entry.C,
        Text1 = entry.Ambient != 0 ? data.Number(entry.Ambient)
            : entry.Blob is { } blob ? data.Add(blob) : data.Text(entry.Text1),
        Text2 = data.Text(entry.Text2),
        Text3 = data.Text(entry.Text3),
        Text4 = data.Text(entry.Text4),
    };

    private sealed class DataSection(int start)
    {
        public int Start { get; } = start;

        public List<byte> Bytes { get; } = [];

        public int Add(ReadOnlySpan<byte> bytes)
        {
            while (Bytes.Count % 8 != 0)
                Bytes.Add(0);
            var offset = Start + Bytes.Count;
            Bytes.AddRange(bytes);
            return offset;
        }

        public int Text(string? text) =>
            text is null ? 0
            : text.Contains('\0', StringComparison.Ordinal)
                ? throw new RuntimeException($"a zero byte in \"{text.Replace('\0', '?')}\"")
            : Add(Encoding.UTF8.GetBytes(text + '\0'));

        public int Number(ulong number)
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
            return Add(bytes);
        }

        public int List(string[] texts)
        {
            var offsets = texts.Select(t => (long)Text(t)).Append(0).ToArray();
            return Add(MemoryMarshal.AsBytes<long>(offsets));
        }
    }
}
