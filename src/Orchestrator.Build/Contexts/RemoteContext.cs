using Orchestrator.Build.Adding;

namespace Orchestrator.Build.Contexts;

/// <summary>A context that the daemon fetches itself: a repository, an archive, or a Dockerfile alone.</summary>
public static class RemoteContext
{
    private const string Fetched = "context";

    /// <param name="remote">An address, or a repository as ADD takes it.</param>
    /// <param name="folder">There and empty; gets the files.</param>
    /// <returns>Whether all there is is a Dockerfile of the default name.</returns>
    /// <exception cref="BuildException">It cannot be fetched.</exception>
    public static async Task<bool> FetchAsync(string remote, BuildFolder folder, CancellationToken cancellationToken)
    {
        if (GitSource.Is(remote))
        {
            await GitSource.Parse(remote).CheckOutAsync(folder.Path, keepsHistory: false, null, cancellationToken);
            return false;
        }

        if (!AddedSources.IsAddress(remote))
            throw new BuildException($"invalid remote context {remote}: give a git repository, or an http or https address");
        var download = Directory.CreateDirectory(folder.Path + "-" + Fetched).FullName;
        try
        {
            var name = await HttpSource.DownloadAsync(remote, download, Fetched, null, null, cancellationToken);
            return await TakeAsync(Path.Combine(download, name), folder.Path, cancellationToken);
        }
        finally
        {
            Directory.Delete(download, recursive: true);
        }
    }

    private static async Task<bool> TakeAsync(string file, string folder, CancellationToken cancellationToken)
    {
        using var tree = Copying.FileTree.OfFolder(Path.GetDirectoryName(file)!);
        var name = Path.GetFileName(file);
        var item = new Copying.CopyItem(tree.Root, name, name, IsFolder: false, _ => false);
        if (!await Archives.IsArchiveAsync(item, cancellationToken))
        {
            File.Copy(file, Path.Combine(folder, ContextFolder.DefaultDockerfile));
            return true;
        }

        await using var archive = File.OpenRead(file);
        await ContextFolder.UnpackAsync(archive, folder, cancellationToken);
        return false;
    }
}
