namespace Orchestrator.Network.Hosting;

/// <summary>Kernel settings of the calling thread's network namespace.</summary>
internal static class Sysctl
{
    /// <param name="path">Below /proc/sys/net, with slashes.</param>
    public static void Set(string path, string value) => File.WriteAllText($"/proc/sys/net/{path}", value);

    public static string Get(string path) => File.ReadAllText($"/proc/sys/net/{path}").Trim();

    /// <summary>Sets what this kernel may not have. What is so already is not said again: IPv6 that is forbidden to all once
    /// more is taken from a link that has it all the same, and with it all that is known of its neighbours.</summary>
    public static void TrySet(string path, string value)
    {
        if (File.Exists($"/proc/sys/net/{path}") && Get(path) != value)
            Set(path, value);
    }
}
