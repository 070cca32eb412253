using Microsoft.Extensions.Logging;
using Orchestrator.Images.Content;
using Orchestrator.Linux.Files;
using Orchestrator.Registry;

namespace Orchestrator.Daemon.Clustering;

/// <summary>
/// Where a manager notes what it keeps for the cluster's repositories: apart from what the daemon's own registry has, so
/// that neither loses anything when the node joins a cluster or leaves it.
/// </summary>
internal static class RegistryFolders
{
    /// <summary>As whom the cluster's registry names blobs in the content store.</summary>
    public const string ClusterOwner = "cluster-registry";

    private const string UserFile = "_users.json";

    /// <summary>To be called before anything is collected.</summary>
    /// <param name="alone">The folder of the daemon's own registry.</param>
    public static void Open(ClusterPaths paths, string alone, ContentStore content)
    {
        // A manager of before kept the cluster's in the daemon's own.
        if (Directory.Exists(paths.Raft) && !Directory.Exists(paths.Registry) && Directory.Exists(alone))
        {
            content.Announce(ClusterOwner);
            Directory.Move(alone, paths.Registry);
            DurableFile.SyncDirectory(paths.Root);
            Directory.CreateDirectory(
                alone, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (File.Exists(Path.Combine(paths.Registry, UserFile)))
                File.Copy(Path.Combine(paths.Registry, UserFile), Path.Combine(alone, UserFile));
        }

        if (Directory.Exists(paths.Registry))
            content.Announce(ClusterOwner);
        else
            content.RemoveRoots(ClusterOwner);
    }

    public static RegistryOptions Options(string root, string owner, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<ImageRegistry>();
        return new() { Root = root, Owner = owner, Stumbled = error => logger.RegistryStumbled(error.Message) };
    }

    /// <summary>A cluster that begins on this node begins with what its registry has.</summary>
    public static void Found(ClusterPaths paths, string alone)
    {
        Copy(alone, paths.Registry);
        foreach (var folder in Directory.EnumerateDirectories(paths.Registry, "*", SearchOption.AllDirectories))
            DurableFile.SyncDirectory(folder);
        DurableFile.SyncDirectory(paths.Registry);
        DurableFile.SyncDirectory(paths.Root);
    }

    /// <summary>Keeps nothing for the cluster any more.</summary>
    public static void Delete(ClusterPaths paths, ContentStore content)
    {
        if (Directory.Exists(paths.Registry))
            Directory.Delete(paths.Registry, recursive: true);
        content.RemoveRoots(ClusterOwner);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(from))
            DurableFile.Replace(Path.Combine(to, Path.GetFileName(file)), File.ReadAllBytes(file));
        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
