namespace Orchestrator.Store.Log;

/// <summary>
/// The raft log or a snapshot is not as it was written, and not in the way a power cut would leave it. Acknowledged
/// changes may be gone from this disk, so the member must not go on with it.
/// </summary>
public sealed class LogDamagedException(string path, string what, Exception? cause = null)
    : IOException(
        $"{path} is damaged: {what}; restore it from a backup, or remove this manager from "
        + "the cluster and join it again "
        + "with an empty data directory",
        cause)
{
    public string Path { get; } = path;
}
