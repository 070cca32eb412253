namespace Orchestrator.Network.Hosting;

/// <summary>Kernel settings of the calling thread's network namespace.</summary>
internal static class Sysctl
{
    /// <param name="path">Below /proc/sys/net, with slashes.</param>
    public static void Set(string path, string value) => File.WriteAllText($"/proc/sys/net/{path}", value);

    public static string Get(string path) => File.ReadAllText($"/proc/sys/net/{path}").Trim();

    /// <summary>Sets what this kernel may not have.</summary>
    public static void TrySet(string path, string value)
    {
        if (File.Exists($"/proc/sys/net/{path}"))
            Set(path, value);
    }
}
