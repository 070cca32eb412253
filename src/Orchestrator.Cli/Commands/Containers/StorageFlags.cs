using Orchestrator.Api;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>Volumes and mounts.</summary>
internal sealed class StorageFlags(FlagSet f)
{
    private readonly ListFlag _volumes = f.List(
        "volume", 'v', "Volume or folder to mount, [name|path:]target[:options]");
    private readonly ListFlag _mounts = f.List(
        "mount", null, "Mount, type=bind|volume|tmpfs,source=…,target=…", "mount", CheckMount);
    private readonly ListFlag _tmpfs = f.List("tmpfs", null, "Folder kept in memory, path[:options]");
    private readonly ListFlag _volumesFrom = f.List("volumes-from", null, "Container whose volumes to mount");
    private readonly ValueFlag<string> _driver = f.String("volume-driver", null, "Driver of the volumes that -v makes");
    private readonly BoolFlag _readOnly = f.Bool("read-only", null, "Mount the root file system read-only");

    public void Apply(CreateContainerRequest request, HostConfig host)
    {
        var binds = _volumes.Values.Where(static v => v.Contains(':', StringComparison.Ordinal)).Select(Absolute)
        .ToArray();
        host.Binds = binds.Length == 0 ? null : binds;
        foreach (var anonymous in _volumes.Values.Where(static v => !v.Contains(':', StringComparison.Ordinal)))
            (request.Volumes ??= [])[anonymous] = new EmptyObject();
        host.Mounts = _mounts.Values.Count == 0 ? null : [.. _mounts.Values.Select(MountSpec.Parse)];
        foreach (var entry in _tmpfs.Values)
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            (host.Tmpfs ??= [])[colon < 0 ? entry : entry[..colon]] = colon < 0 ? "" : entry[(colon + 1)..];
        }
        host.VolumesFrom = _volumesFrom.OrNull;
        host.VolumeDriver = _driver.Value;
        host.ReadonlyRootfs = _readOnly;
    }

    /// <summary><c>./data:/data</c> is meant where the user stands.</summary>
    private static string Absolute(string bind)
    {
        if (!bind.StartsWith('.')) return bind;
        var colon = bind.IndexOf(':', StringComparison.Ordinal);
        return Path.GetFullPath(bind[..colon]) + bind[colon..];
    }

    private static string CheckMount(string text)
    {
        MountSpec.Parse(text);
        return text;
    }
}
