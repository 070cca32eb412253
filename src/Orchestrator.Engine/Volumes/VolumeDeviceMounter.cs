using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Orchestrator.Linux;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Engine.Volumes;

/// <summary>Mounts the device of a volume, and says in one line why that cannot be.</summary>
internal static class VolumeDeviceMounter
{
    public static void Mount(VolumeDevice device, string target)
    {
        if (IsNetwork(device))
            device = device with { Data = WithAddress(device, target) };
        try
        {
            MountCalls.Mount(
                device.Device, target, device.Type, device.IsBind ? device.Flags & BindOnly : device.Flags,
                device.Data.Length > 0 ? device.Data : null);
        }
        catch (LinuxException e)
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
    private static string WithAddress(VolumeDevice device, string target)
    {
        var options = device.Data.Split(',', StringSplitOptions.RemoveEmptyEntries).ToList();
        var at = options.FindIndex(option => option.StartsWith("addr=", StringComparison.Ordinal));
        var host = at >= 0 ? options[at][5..] : HostOf(device);
        if (host.Length == 0)
            return device.Data;
        var address = IPAddress.TryParse(host, out var known) ? known : Resolve(host, target);
        if (at >= 0)
            options.RemoveAt(at);
        return string.Join(',', options.Append($"addr={address}"));
    }

    /// <summary>IPv4 before IPv6, as docker has it: the name may have both, and the server listen on one.</summary>
    private static IPAddress Resolve(string host, string target)
    {
        try
        {
            var all = Dns.GetHostAddresses(host);
            return all.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? all[0];
        }
        catch (SocketException e)
        {
            throw new EngineException(
                EngineError.Internal,
                $"error while mounting volume '{target}': error resolving passed in network volume address: "
                + $"lookup {host}: {e.Message}", e);
        }
    }

    /// <summary><c>server:/path</c> or <c>//server/share</c>.</summary>
    private static string HostOf(VolumeDevice device) => device.Type == "cifs"
        ? device.Device.TrimStart('/').Split('/')[0]
        : device.Device.LastIndexOf(":/", StringComparison.Ordinal) is > 0 and var end
            ? device.Device[..end].Trim('[', ']') : "";

    private static EngineException Failure(VolumeDevice device, string target, LinuxException cause)
    {
        var reason = cause.Errno switch
        {
            Errno.ENODEV => $"no such device (this kernel has no file system \"{device.Type}\")",
            Errno.EINVAL => "invalid argument (are the options those of this file system?)",
            var other => Marshal.GetPInvokeErrorMessage((int)other).ToLowerInvariant(),
        };
        return new EngineException(
            EngineError.Internal,
            $"error while mounting volume '{target}': failed to mount local volume: "
            + $"mount {device.Device}:{target}, type: {device.Type}, data: {Masked(device.Data)}: {reason}", cause);
    }

    private static string Masked(string data) => string.Join(',', data.Split(',').Select(
        option => option.StartsWith("password=", StringComparison.Ordinal) ? "password=********" : option));
}
