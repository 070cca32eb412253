using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Images.Layers;

/// <summary>Which extended attributes an image may set.</summary>
internal static class LayerXattrs
{
    /// <summary>
    /// Sets an attribute unless it is the host's business (labels of its security modules, overlayfs's own).
    /// </summary>
    public static void Set(string path, string name, byte[] value)
    {
        if (!IsImages(name))
            return;
        try
        {
            ExtendedAttributes.Set(path, name, value);
        }
        catch (LinuxException error) when (error.Errno is Errno.ENOTSUP or Errno.EPERM && name != "security.capability")
        {
            // User attributes exist on files and folders only, ACLs not on every file system: docker leaves them out
            // too.
        }
    }

    /// <summary>Those of a file that an image may have.</summary>
    public static IReadOnlyDictionary<string, byte[]> Read(string path)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in ExtendedAttributes.List(path).Where(IsImages))
        {
            if (ExtendedAttributes.Get(path, name) is { } value)
                found[name] = value;
        }

        return found;
    }

    /// <summary>Copies what <see cref="Set"/> would take.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var (name, value) in Read(from))
            Set(to, name, value);
    }

    private static bool IsImages(string name) =>
        name is "security.capability" or "system.posix_acl_access" or "system.posix_acl_default"
        || name.StartsWith("user.", StringComparison.Ordinal);
}
