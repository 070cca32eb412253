using Orchestrator.Engine;

namespace Orchestrator.EngineApi.Containers;

/// <summary>Fields of docker's HostConfig that this engine has nothing for: refused, never left out in silence.
/// </summary>
internal static class HostRefusals
{
    public static void Check(Api.HostConfig host)
    {
        Refuse(host.Isolation is not ("" or "default"), $"invalid isolation '{host.Isolation}' on linux");
        Refuse(
            host.StorageOpt is { Count: > 0 },
            "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
        Refuse(
            host.VolumeDriver is not ("" or "local"),
            $"error looking up volume plugin {host.VolumeDriver}: plugin \"{host.VolumeDriver}\" not found");
        CheckLimits(host);
        if (host.DeviceRequests is [var devices, ..])
            Refuse(true, $"could not select device driver \"{devices.Driver}\" with capabilities: "
                + $"[{string.Join(' ', (devices.Capabilities ?? []).Select(set => $"[{string.Join(' ', set)}]"))}]; "
                + "give the devices one by one with --device");
        foreach (var mount in host.Mounts ?? [])
        {
            Refuse(
                mount.VolumeOptions?.DriverConfig?.Name is not (null or "" or "local"),
                $"error looking up volume plugin {mount.VolumeOptions?.DriverConfig?.Name}: plugin not found");
        }
    }

    public static void CheckLimits(Api.Resources limits) => Refuse(
        limits.CpuRealtimePeriod != 0 || limits.CpuRealtimeRuntime != 0,
        "Your kernel does not support CPU real-time scheduler");

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
            throw EngineException.Invalid(message);
    }
}
