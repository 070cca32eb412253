using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

/// <summary>Block devices: shares by weight, which need a scheduler that knows weights, and bounds, which do not.
/// </summary>
internal static class BlockIoPlan
{
    private const string NoWeights = "load the module bfq and make it the devices' scheduler, or leave it out";

    public static void Add(WriteList list, BlockIoResources io)
    {
        if (io.Weight is { } weight and not 0)
            Weight(list, "blockIO.weight", weight, device: null);
        if (io.LeafWeight is { } leaf and not 0)
            Leaf(list, "blockIO.leafWeight", leaf, "blkio.leaf_weight", "");
        foreach (var (device, field) in WriteList.Each(io.WeightDevice, "blockIO.weightDevice"))
        {
            var name = Device(device.Major, device.Minor, field);
            if (device.Weight is { } own and not 0)
                Weight(list, $"{field}.weight", own, name);
            if (device.LeafWeight is { } ownLeaf and not 0)
                Leaf(list, $"{field}.leafWeight", ownLeaf, "blkio.leaf_weight_device", $"{name} ");
        }

        Throttle(list, io.ThrottleReadBpsDevice, "blockIO.throttleReadBpsDevice", "read_bps", "rbps");
        Throttle(list, io.ThrottleWriteBpsDevice, "blockIO.throttleWriteBpsDevice", "write_bps", "wbps");
        Throttle(list, io.ThrottleReadIopsDevice, "blockIO.throttleReadIOPSDevice", "read_iops", "riops");
        Throttle(list, io.ThrottleWriteIopsDevice, "blockIO.throttleWriteIOPSDevice", "write_iops", "wiops");
    }

    /// <summary>10…1000 of the setting on io.weight's scale, 1…10000.</summary>
    internal static int Converted(int weight) => 1 + ((weight - 10) * 9999 / 990);

    private static void Weight(WriteList list, string field, int weight, string? device)
    {
        if (weight is < 10 or > 1000)
            throw WriteList.Fault(field, weight, "it must be from 10 to 1000");
        var (directory, isV2) = Need(list, field, weight);
        var prefix = isV2 ? "io" : "blkio";
        // The file of BFQ takes the setting as it is, and appears with the module.
        var isBfq = File.Exists($"{directory}/{prefix}.bfq.weight");
        var value = isV2 && !isBfq ? Converted(weight) : weight;
        var file = $"{prefix}.{(isBfq ? "bfq." : "")}weight" + (isV2 || device is null ? "" : "_device");
        list.Add(field, weight, directory, file, device is null ? $"{value}" : $"{device} {value}", NoWeights,
            device is null ? WholeWeight : WriteList.Line(device, $"{device} default"));
    }

    /// <summary>"default 100" of v2 is written back as it is read, the bare number of v1 too.</summary>
    private static string WholeWeight(string before) => before.Split('\n')[0].Trim();

    private static void Leaf(WriteList list, string field, int weight, string file, string prefix)
    {
        if (Need(list, field, weight) is not ({ } directory, false))
            throw WriteList.Fault(field, weight, "cgroup v2 has no such limit; leave it out");
        list.Add(field, weight, directory, file, $"{prefix}{weight}",
            "no kernel since 5.0 has leaf weights; leave it out");
    }

    private static void Throttle(WriteList list, ThrottleDevice[]? devices, string field, string v1, string v2)
    {
        foreach (var (device, item) in WriteList.Each(devices, field))
        {
            var name = Device(device.Major, device.Minor, item);
            var (directory, isV2) = Need(list, $"{item}.rate", device.Rate);
            if (isV2)
                list.Add($"{item}.rate", device.Rate, directory, "io.max",
                    $"{name} {v2}={(device.Rate == 0 ? "max" : $"{device.Rate}")}",
                    restore: WriteList.Line(name, $"{name} rbps=max wbps=max riops=max wiops=max"));
            else
                list.Add($"{item}.rate", device.Rate, directory, $"blkio.throttle.{v1}_device", $"{name} {device.Rate}",
                    restore: WriteList.Line(name, $"{name} 0"));
        }
    }

    /// <summary>v1 calls it blkio, v2 io.</summary>
    private static (string Path, bool IsV2) Need(WriteList list, string field, object value) =>
        list.Need(list.Cgroups.Layout.Of("blkio") is null ? "io" : "blkio", field, value);

    private static string Device(long major, long minor, string field) =>
        major is >= 0 and < 4096 && minor is >= 0 and < 1 << 20
            ? $"{major}:{minor}"
            : throw WriteList.Fault(
                field, $"{major}:{minor}", "a device has a major number below 4096 and a minor below 1048576");
}
