namespace Orchestrator.Linux.Cgroups;

/// <summary>One value for one control file, in the name of a setting of the user's.</summary>
/// <param name="Field">The setting, as <c>linux.resources.memory.limit</c>.</param>
/// <param name="Given">Its value as the user wrote it.</param>
/// <param name="Path">The file.</param>
/// <param name="Value">What is written there.</param>
public sealed record CgroupWrite(string Field, string Given, string Path, string Value)
{
    /// <summary>What the user can do when the kernel refuses the value.</summary>
    public string? Remedy { get; init; }

    /// <summary>From the file's content before, what brings it back; null: nothing does.</summary>
    public Func<string, string?> Restore { get; init; } = before => before.Trim();
}
