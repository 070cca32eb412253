using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Containers;

/// <summary>The ids that users of a container have outside it.</summary>
/// <param name="Uids">Inside from 0 on without a gap, each range by its first id inside and outside.</param>
public sealed record UserRemap(string Name, IReadOnlyList<IdMapping> Uids, IReadOnlyList<IdMapping> Gids)
{
    /// <summary>Of root, as the host sees it.</summary>
    public uint RootUid => Uids[0].HostId;

    public uint RootGid => Gids[0].HostId;

    /// <summary>The host's ids as the container has them; one it does not have stays.</summary>
    public (uint Uid, uint Gid) Inside(uint uid, uint gid) => (Inside(Uids, uid), Inside(Gids, gid));

    /// <summary>The container's ids as the host has them.</summary>
    /// <exception cref="EngineException">It has no such id.</exception>
    public (uint Uid, uint Gid) Outside(uint uid, uint gid) => (Outside(Uids, uid), Outside(Gids, gid));

    private static uint Outside(IReadOnlyList<IdMapping> maps, uint id) =>
        maps.FirstOrDefault(map => id >= map.ContainerId && id - map.ContainerId < map.Size) is { } map
            ? id - map.ContainerId + map.HostId
            : throw EngineException.Invalid($"Container ID {id} cannot be mapped to a host ID");

    private static uint Inside(IReadOnlyList<IdMapping> maps, uint id) =>
        maps.FirstOrDefault(map => id >= map.HostId && id - map.HostId < map.Size) is { } map
            ? id - map.HostId + map.ContainerId
            : id;
}
