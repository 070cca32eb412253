namespace Orchestrator.Registry.Replication;

/// <summary>The names in a manager's own files, for as long as they are not in the store yet.</summary>
internal sealed class LegacyFiles(RepositoryFolders folders, FileNames names)
{
    private string UserPath => Path.Combine(folders.Root, ImageRegistry.UserFile);

    public LegacyNames Read() => new(
        [
            .. names.Repositories().Select(name =>
                new LegacyRepository(name, [.. names.Manifests(name)], new(names.Records(name)))),
        ],
        AccountFile.Read(UserPath));

    /// <summary>Once the store has them they would only be misleading.</summary>
    public void Delete()
    {
        foreach (var name in folders.Names(RepositoryFolders.Tags, RepositoryFolders.Referrers))
        {
            foreach (var kind in (string[])[RepositoryFolders.Tags, RepositoryFolders.Referrers])
            {
                if (folders.Has(name, kind))
                    Directory.Delete(folders.FolderOf(name, kind), recursive: true);
            }
        }

        File.Delete(UserPath);
    }
}
