using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Copying;

/// <summary>Follows symbolic links inside a tree, as a process whose root it is would.</summary>
internal static class ScopedPath
{
    private const int MaxLinks = 40;

    /// <summary>The same place without links on the way; steps that are not there stay as they are.</summary>
    /// <param name="path">From the root; a leading slash makes no difference.</param>
    /// <param name="followLast">Also of the last step.</param>
    /// <returns>Relative to the root; empty for the root itself.</returns>
    /// <exception cref="BuildException">Links go in circles.</exception>
    public static string Resolve(DirectoryHandle root, string path, bool followLast = true)
    {
        var todo = new Stack<string>();
        Push(todo, path);
        var real = new List<string>();
        for (var links = 0; todo.TryPop(out var step);)
        {
            if (step == "..")
            {
                if (real.Count > 0)
                    real.RemoveAt(real.Count - 1);
                continue;
            }

            real.Add(step);
            if ((todo.Count == 0 && !followLast)
                || !root.TryStat(string.Join('/', real), out var status) || status.Kind != FileKind.SymbolicLink)
                continue;
            if (++links > MaxLinks)
                throw new BuildException($"{path}: too many levels of symbolic links");
            var target = root.ReadLink(string.Join('/', real));
            real.RemoveAt(real.Count - 1);
            if (target.StartsWith('/'))
                real.Clear();
            Push(todo, target);
        }

        return string.Join('/', real);
    }

    /// <summary>Makes a folder and those above it where they are missing.</summary>
    /// <param name="owner">Of those that are made.</param>
    /// <returns>Whether the folder itself had to be made.</returns>
    /// <exception cref="BuildException">A file is in the way.</exception>
    public static bool MakeFolders(DirectoryHandle root, string path, (uint Uid, uint Gid) owner)
    {
        var real = Resolve(root, path);
        var made = false;
        for (var end = real.IndexOf('/'); real.Length > 0; end = real.IndexOf('/', end + 1))
        {
            var part = end < 0 ? real : real[..end];
            if (!root.TryStat(part, out var status))
            {
                root.MakeDirectory(part, 0x1ED);
                root.ChangeOwner(part, owner.Uid, owner.Gid);
                root.ChangeMode(part, 0x1ED); // Whatever the umask is.
                made = end < 0;
            }
            else if (status.Kind != FileKind.Directory)
            {
                throw new BuildException($"cannot make folder /{real}: /{part} is not a directory");
            }

            if (end < 0)
                break;
        }

        return made;
    }

    private static void Push(Stack<string> todo, string path)
    {
        foreach (var step in path.Split('/').Reverse().Where(step => step is not ("" or ".")))
            todo.Push(step);
    }
}
