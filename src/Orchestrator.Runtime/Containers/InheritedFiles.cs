namespace Orchestrator.Runtime.Containers;

/// <summary>The descriptors that the caller gave this process, as opposed to those opened here, which all are
/// close-on-exec.</summary>
internal static class InheritedFiles
{
    private const int CloseOnExec = 0x80000;

    public static bool Contains(int fd)
    {
        try
        {
            var flags = File.ReadLines($"/proc/self/fdinfo/{fd}")
                .First(l => l.StartsWith("flags:", StringComparison.Ordinal))[6..].Trim();
            return (Convert.ToInt32(flags, 8) & CloseOnExec) == 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
