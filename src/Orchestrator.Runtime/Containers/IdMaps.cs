using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Containers;

/// <summary>The id maps of a user namespace, written from outside by whom the outer ids belong to.</summary>
internal static class IdMaps
{
    public static void Write(int pid, IdMapping[] users, IdMapping[] groups)
    {
        WriteOne($"/proc/{pid}/uid_map", users);
        WriteOne($"/proc/{pid}/gid_map", groups);
    }

    /// <summary>The host's id of one inside; null: it is not mapped.</summary>
    public static uint? ToHost(IdMapping[]? map, uint id)
    {
        foreach (var range in map ?? [])
        {
            if (id >= range.ContainerId && id - range.ContainerId < range.Size)
                return range.HostId + (id - range.ContainerId);
        }

        return null;
    }

    /// <summary>In one write: the kernel takes no second one.</summary>
    private static void WriteOne(string path, IdMapping[] map)
    {
        var lines = string.Concat(map.Select(m => $"{m.ContainerId} {m.HostId} {m.Size}\n"));
        using var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY);
        file.WriteAll(Encoding.ASCII.GetBytes(lines));
    }
}
