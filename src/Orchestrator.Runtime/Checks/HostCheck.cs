namespace Orchestrator.Runtime.Checks;

/// <summary>All that is looked at, in the order in which it is shown.</summary>
internal static class HostCheck
{
    public static IReadOnlyList<Finding> Run() =>
        [Kernel(), .. NamespaceChecks.All(), .. CgroupChecks.All(), .. MountChecks.All(), .. SecurityChecks.All()];

    /// <summary>Told, not judged: what counts is what the calls below answer.</summary>
    private static Finding Kernel() =>
        Finding.Present("kernel", "release", Files.Line("/proc/sys/kernel/osrelease") ?? "unknown");
}
