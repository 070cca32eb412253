namespace Orchestrator.Daemon.Configuration;

/// <summary>All settings, and which of them the file gave.</summary>
internal sealed record LoadedConfiguration(
    DaemonOptions Options, IReadOnlyList<(Setting Setting, IReadOnlyList<string> Values)> File)
{
    /// <summary>Settings that the file does not give as an earlier one did.</summary>
    public IEnumerable<Setting> ChangedFrom(LoadedConfiguration earlier) =>
        File.Concat(earlier.File).Select(one => one.Setting).Distinct().Where(
            setting => !ValuesOf(setting).SequenceEqual(earlier.ValuesOf(setting)));

    private IEnumerable<string> ValuesOf(Setting setting) =>
        File.Where(one => one.Setting == setting).SelectMany(one => one.Values);
}
