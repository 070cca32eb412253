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
        var wanted = name is "security.capability" or "system.posix_acl_access" or "system.posix_acl_default"
            || name.StartsWith("user.", StringComparison.Ordinal);
        if (!wanted)
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

    /// <summary>Copies what <see cref="Set"/> would take.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var name in ExtendedAttributes.List(from))
        {
            if (ExtendedAttributes.Get(from, name) is { } value)
                Set(to, name, value);
        }
    }
}
