using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Cgroups;

/// <summary>Making a cgroup below parents that may not be there yet, and taking away those that were made for it.
/// </summary>
/// <remarks>A parent made here carries a mark, so that a group which somebody else made (with limits of theirs) stays
/// when its last container goes.</remarks>
internal static class CgroupDirectory
{
    private const string Mark = "trusted.orch.made";
    private const int Attempts = 100, RemoveDirectory = 0x200;
    private const uint Mode = 0x1ed; // 0755

    /// <param name="enter">Called with each directory before the next one below it is made.</param>
    public static void Make(string mountPoint, string path, Action<string> enter)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                MakeEach(mountPoint, path.Split('/'), enter);
                return;
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV && attempt < Attempts)
            {
                // The parent's last container went away between two of our steps, and the parent with it.
            }
        }
    }

    /// <summary>Removes the parents that were made here and are empty now.</summary>
    public static void RemoveParents(string mountPoint, string path)
    {
        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            var parent = $"{mountPoint}/{path[..end]}";
            if (!IsMarked(parent) || LibcFiles.unlinkat(LibcFiles.AT_FDCWD, parent, RemoveDirectory) != 0)
                return; // Not ours, gone already, or another container's too.
        }
    }

    private static void MakeEach(string mountPoint, string[] names, Action<string> enter)
    {
        var directory = mountPoint;
        for (var i = 0; i < names.Length; i++)
        {
            enter(directory);
            directory = $"{directory}/{names[i]}";
            if (LibcFiles.mkdirat(LibcFiles.AT_FDCWD, directory, Mode) == 0)
                MarkIf(i < names.Length - 1, directory);
            else if ((Errno)Marshal.GetLastPInvokeError() is var errno && errno != Errno.EEXIST)
                throw new LinuxException("mkdir", directory, errno);
        }
    }

    private static void MarkIf(bool isParent, string directory)
    {
        try
        {
            if (isParent)
                ExtendedAttributes.Set(directory, Mark, "1"u8);
        }
        catch (LinuxException)
        {
            // Not the first user namespace's root, or a directory of a test: an unmarked parent stays, no more.
        }
    }

    private static bool IsMarked(string directory)
    {
        try
        {
            return ExtendedAttributes.Get(directory, Mark) is not null;
        }
        catch (LinuxException)
        {
            return false;
        }
    }
}
