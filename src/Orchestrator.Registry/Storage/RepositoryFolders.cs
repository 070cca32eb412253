using Orchestrator.Images;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Storage;

/// <summary>The folders of repositories: small files of several kinds below <c>ROOT/NAME/_KIND/</c>.</summary>
/// <remarks>
/// No component of a repository's name starts with an underscore, so names and kinds never meet. Each file is replaced
/// whole.
/// </remarks>
internal sealed class RepositoryFolders
{
    public const string Manifests = "_manifests";
    public const string Blobs = "_blobs";
    public const string Tags = "_tags";
    public const string Referrers = "_referrers";

    public RepositoryFolders(string root)
    {
        Root = root;
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Root { get; }

    /// <summary>Held by whoever looks before it writes.</summary>
    public object Gate { get; } = new();

    /// <summary>The names of all repositories with a folder of one of these kinds, in ordinal order.</summary>
    public IReadOnlyList<string> Names(params ReadOnlySpan<string> kinds)
    {
        var names = new List<string>();
        Collect(Root, "", names, [.. kinds]);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public bool Has(string name, string kind) => Directory.Exists(FolderOf(name, kind));

    public string FolderOf(string name, string kind) => Path.Combine(Root, name, kind);

    public string PathOf(string name, string kind, string file) => Path.Combine(Root, name, kind, file);

    public IEnumerable<Digest> Digests(string name, string kind)
    {
        var folder = FolderOf(name, kind);
        if (!Directory.Exists(folder))
            yield break;
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (Digest.TryParseHex(Path.GetFileName(path), out var digest))
                yield return digest;
        }
    }

    /// <exception cref="ImageException">NoSpace.</exception>
    public void Write(string name, string kind, string file, byte[] bytes)
    {
        var folder = FolderOf(name, kind);
        try
        {
            MakeFolder(folder);
            lock (Gate)
                DurableFile.Replace(Path.Combine(folder, file), bytes);
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(Root, error);
        }
    }

    /// <summary>Removes what there is of a repository; those below its name stay.</summary>
    public void Delete(string name)
    {
        foreach (var kind in (string[])[Tags, Referrers, Manifests, Blobs])
        {
            if (Has(name, kind))
                Directory.Delete(FolderOf(name, kind), recursive: true);
        }
    }

    public void MakeFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;
        Directory.CreateDirectory(folder);
        for (var at = folder; at.Length > Root.Length; at = Path.GetDirectoryName(at)!)
            DurableFile.SyncDirectory(Path.GetDirectoryName(at)!);
    }

    private static void Collect(string folder, string name, List<string> names, string[] kinds)
    {
        var isNamed = false;
        foreach (var child in Directory.EnumerateDirectories(folder).Select(Path.GetFileName).OfType<string>())
        {
            isNamed |= kinds.Contains(child);
            if (child[0] != '_')
                Collect(Path.Combine(folder, child), name.Length == 0 ? child : $"{name}/{child}", names, kinds);
        }

        if (isNamed)
            names.Add(name);
    }
}
