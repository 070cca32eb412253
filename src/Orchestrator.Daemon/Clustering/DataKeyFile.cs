using Orchestrator.Linux.Files;
using Orchestrator.Model;
using Orchestrator.Store.Log;

namespace Orchestrator.Daemon.Clustering;

/// <summary>Where a manager keeps what its log and snapshots are encrypted under: beside the key of its certificate, for
/// its owner alone.</summary>
internal static class DataKeyFile
{
    /// <summary>The key, made when there is none. On disk before anything is written under it.</summary>
    /// <exception cref="UserException">There is a file, but no key in it.</exception>
    public static DataKey LoadOrCreate(string path)
    {
        if (File.Exists(path))
        {
            var bytes = File.ReadAllBytes(path);
            return bytes.Length == DataKey.Bytes ? new(bytes) : throw new UserException(
                ErrorCode.FailedPrecondition, $"the key in {path} is damaged",
                "Restore the file, or leave the cluster and join anew: orch swarm leave --force, then orch swarm join.");
        }

        Directory.CreateDirectory(
            Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var key = DataKey.New();
        DurableFile.Replace(path, key.Export());
        return key;
    }
}
