using System.Security.Cryptography;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Encryption;

/// <summary>This node's own key, made here and never told; others know its public half.</summary>
internal sealed class WireGuardKey(string path)
{
    private const int Size = 32;

    /// <summary>32 bytes; made at the first call, on the data root from then on.</summary>
    public byte[] Private()
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: Size } known)
            return known;
        var made = RandomNumberGenerator.GetBytes(Size);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // The path is of a file in a folder.
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var file = new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(made);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
        return made;
    }

    /// <summary>Computed by the kernel, in a namespace made for it.</summary>
    /// <returns>In base64; empty: this kernel has no WireGuard.</returns>
    public string Public()
    {
        try
        {
            return NetNamespace.RunInNew(() =>
            {
                using var route = RouteSocket.Open();
                route.CreateWireGuard(WireGuardTunnel.LinkName, "");
                using var wireGuard = WireGuardSocket.Open();
                wireGuard.Configure(WireGuardTunnel.LinkName, Private(), 0);
                return wireGuard.Read(WireGuardTunnel.LinkName).PublicKey;
            });
        }
        catch (NetlinkException)
        {
            return "";
        }
    }
}
