using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Engine.Volumes;

/// <summary>Mounts the device of a volume, and says in one line why that cannot be.</summary>
internal static class VolumeDeviceMounter
{
    public static void Mount(VolumeDevice device, string target)
    {
        try
        {
            var data = IsNetwork(device) ? WithAddress(device) : device.Data;
            MountCalls.Mount(
                device.Device, target, device.Type, device.IsBind ? device.Flags & BindOnly : device.Flags,
                data.Length > 0 ? data : null);
        }
        catch (Exception e) when (e is LinuxException or SocketException)
        {
            throw Failure(device, target, e);
        }

        try
        {
            Finish(device, target);
        }
        catch (LinuxException e)
        {
            MountCalls.TryUnmount(target, detach: true);
            throw Failure(device, target, e);
        }
    }

    private const MountFlags BindOnly = MountFlags.Bind | MountFlags.Recursive;

    /// <summary>A bind takes no flags with it, and a propagation goes alone: the kernel wants a call for each.
    /// </summary>
    private static void Finish(VolumeDevice device, string target)
    {
        if (device.IsBind && (device.Flags & ~BindOnly) is not MountFlags.None and var rest)
            MountCalls.Mount(null, target, null, MountFlags.Bind | MountFlags.Remount | rest);
        if (device.Propagation != MountFlags.None)
            MountCalls.Mount(null, target, null, device.Propagation);
    }

    private static bool IsNetwork(VolumeDevice device) => device.Type is "nfs" or "nfs4" or "cifs";

    /// <summary>The kernel resolves no names: it wants <c>addr=</c>, as an address.</summary>
    private static string WithAddress(VolumeDevice device)
    {
        var options = device.Data.Split(',', StringSplitOptions.RemoveEmptyEntries).ToList();
        var at = options.FindIndex(option => option.StartsWith("addr=", StringComparison.Ordinal));
        var host = at >= 0 ? options[at][5..] : HostOf(device);
        if (host.Length == 0)
            return device.Data;
        var address = IPAddress.TryParse(host, out var known) ? known : Dns.GetHostAddresses(host)[0];
        if (at >= 0)
            options.RemoveAt(at);
        return string.Join(',', options.Append($"addr={address}"));
    }

    /// <summary><c>server:/path</c> or <c>//server/share</c>.</summary>
    private static string HostOf(VolumeDevice device) => device.Type == "cifs"
        ? device.Device.TrimStart('/').Split('/')[0]
        : device.Device.LastIndexOf(":/", StringComparison.Ordinal) is > 0 and var end
            ? device.Device[..end].Trim('[', ']') : "";

    private static EngineException Failure(VolumeDevice device, string target, Exception cause)
    {
        var reason = cause switch
        {
            LinuxException { Errno: Errno.ENOENT } => "no such file or directory",
            LinuxException { Errno: Errno.ENODEV } =>
                $"no such device (this kernel has no file system \"{device.Type}\")",
            LinuxException { Errno: Errno.ETIMEDOUT } => "connection timed out",
            LinuxException { Errno: Errno.ECONNREFUSED } => "connection refused",
            LinuxException { Errno: Errno.EINVAL } => "invalid argument (are the options those of this file system?)",
            LinuxException linux => linux.Errno.ToString(),
            _ => $"cannot resolve its host: {cause.Message}",
        };
        return new EngineException(
            EngineError.Internal,
            $"error while mounting volume '{target}': failed to mount local volume: "
            + $"mount {device.Device}:{target}, type: {device.Type}, data: {Masked(device.Data)}: {reason}", cause);
    }

    private static string Masked(string data) => string.Join(',', data.Split(',').Select(
        option => option.StartsWith("password=", StringComparison.Ordinal) ? "password=********" : option));
}
