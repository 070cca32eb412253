using Orchestrator.Engine.Volumes;

namespace Orchestrator.EngineApi.Volumes;

/// <summary>Volumes as docker shows them. Pure.</summary>
internal static class VolumeViews
{
    /// <param name="path">Where its files are on the host.</param>
    public static Api.Volume Of(VolumeRecord volume, string path) => new()
    {
        CreatedAt = Api.UtcTimeConverter.Format(volume.Created),
        Driver = VolumeRecord.Driver,
        Labels = volume.Labels.Count == 0 ? null : new(volume.Labels),
        Mountpoint = path,
        Name = volume.Name,
        Options = volume.Options.Count == 0 ? null : new(volume.Options),
    };
}
