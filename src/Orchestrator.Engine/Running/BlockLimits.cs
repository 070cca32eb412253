using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>Limits of block devices, by the numbers the host has for them.</summary>
internal static class BlockLimits
{
    /// <returns>Null: there are none.</returns>
    /// <exception cref="EngineException">A path is no block device.</exception>
    public static BlockIoResources? Of(ResourceSpec wanted)
    {
        if (wanted.BlkioWeight == 0 && wanted.BlkioWeights.Count + wanted.ReadBps.Count + wanted.WriteBps.Count
            + wanted.ReadIops.Count + wanted.WriteIops.Count == 0)
            return null;
        return new BlockIoResources
        {
            Weight = wanted.BlkioWeight > 0 ? (ushort)wanted.BlkioWeight : null,
            WeightDevice = wanted.BlkioWeights.Count == 0 ? null : [.. wanted.BlkioWeights.Select(Weight)],
            ThrottleReadBpsDevice = Rates(wanted.ReadBps),
            ThrottleWriteBpsDevice = Rates(wanted.WriteBps),
            ThrottleReadIopsDevice = Rates(wanted.ReadIops),
            ThrottleWriteIopsDevice = Rates(wanted.WriteIops),
        };
    }

    private static WeightDevice Weight(DeviceWeight device)
    {
        var (major, minor) = HostDevices.Block(device.Path);
        return new WeightDevice(major, minor, (ushort)device.Weight);
    }

    private static ThrottleDevice[]? Rates(IReadOnlyList<DeviceRate> rates) => rates.Count == 0 ? null :
    [
        .. rates.Select(rate =>
        {
            var (major, minor) = HostDevices.Block(rate.Path);
            return new ThrottleDevice(major, minor, rate.Rate);
        }),
    ];
}
