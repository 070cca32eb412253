namespace Orchestrator.Manager.Allocation;

public sealed record AllocatorOptions
{
    /// <summary>
    /// How long a released address rests: connections and caches elsewhere may still know it. Default 60 s.
    /// </summary>
    public TimeSpan AddressHold { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>First port handed out when the user leaves it open. Default 30000.</summary>
    public int FirstDynamicPort { get; init; } = 30_000;

    /// <summary>Last such port. Default 32767.</summary>
    public int LastDynamicPort { get; init; } = 32_767;

    /// <summary>
    /// Lowest VXLAN network identifier handed out. Default 4096: lower ones are easily taken for VLANs.
    /// </summary>
    public int FirstVni { get; init; } = 4096;

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (FirstDynamicPort is < 1 or > 65_535 || LastDynamicPort > 65_535 || LastDynamicPort < FirstDynamicPort)
            yield return "allocator.dynamic-ports is "
                + $"{FirstDynamicPort}-{LastDynamicPort}; set a range within 1-65535.";
        if (FirstVni is < 1 or > 0xffffff)
            yield return $"allocator.first-vni is {FirstVni}; set 1 to {0xffffff}.";
    }
}
