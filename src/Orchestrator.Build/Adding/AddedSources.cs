using Orchestrator.Build.Copying;
using Orchestrator.Build.Execution;
using Orchestrator.Build.Planning;

namespace Orchestrator.Build.Adding;

/// <summary>What a step brings that no tree has: files that stand in the Dockerfile, and what is fetched.</summary>
internal sealed class AddedSources(BuildSession session)
{
    private int count;

    /// <summary>The files, and the folder they are in while this is open.</summary>
    internal sealed record Fetched(IReadOnlyList<CopyItem> Items, IReadOnlyList<FileTree> Trees) : IDisposable
    {
        public void Dispose()
        {
            foreach (var tree in Trees)
                tree.Dispose();
        }
    }

    /// <summary>Whether ADD has to fetch it.</summary>
    public static bool IsRemote(string source) => GitSource.Is(source) || IsAddress(source);

    public static bool IsAddress(string source) => source.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="BuildException">It cannot be fetched, or is not what its checksum says.</exception>
    public async Task<Fetched> FetchAsync(StepWork.Copy copy, CancellationToken cancellationToken)
    {
        var (items, trees) = (new List<CopyItem>(), new List<FileTree>());
        foreach (var (name, content) in copy.Files)
            Add(await WriteAsync(name, content, cancellationToken), name, isFolder: false, unpacks: false);
        foreach (var source in copy.IsAdd ? copy.Sources.Where(IsRemote) : [])
        {
            var folder = NewFolder();
            if (GitSource.Is(source))
            {
                await GitSource.Parse(source).CheckOutAsync(folder, copy.KeepGitDir, copy.Checksum, cancellationToken);
                Add(folder, "", isFolder: true, unpacks: false);
            }
            else
            {
                var name = await HttpSource.DownloadAsync(
                    source, folder, copy.Destination, copy.Checksum, session.Epoch, cancellationToken);
                Add(folder, name, isFolder: false, unpacks: copy.Unpack == true);
            }
        }

        return new Fetched(items, trees);

        void Add(string folder, string name, bool isFolder, bool unpacks)
        {
            var tree = FileTree.OfFolder(folder);
            trees.Add(tree);
            items.Add(new CopyItem(
                tree.Root, name, name, isFolder, ExcludePatterns.Of(isFolder ? copy.Exclude : []), unpacks));
        }
    }

    private async Task<string> WriteAsync(string name, string content, CancellationToken cancellationToken)
    {
        var folder = NewFolder();
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, content, cancellationToken);
        File.SetUnixFileMode(path, (UnixFileMode)0x1A4);
        return folder;
    }

    private string NewFolder()
    {
        var number = Interlocked.Increment(ref count);
        var path = Path.Combine(session.Scratch, $"add-{Guid.NewGuid():N}-{number}");
        Directory.CreateDirectory(path);
        return path;
    }
}
