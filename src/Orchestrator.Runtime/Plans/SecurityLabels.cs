using Orchestrator.Init;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>AppArmor profile and SELinux label of a process, where the host has these modules.</summary>
internal static class SecurityLabels
{
    private const string Unconfined = "unconfined";

    /// <summary>The kernel's own word.</summary>
    public static bool HasApparmor =>
        File.Exists("/sys/module/apparmor/parameters/enabled")
        && File.ReadAllText("/sys/module/apparmor/parameters/enabled").StartsWith('Y');

    public static bool HasSelinux => File.Exists("/sys/fs/selinux/enforce");

    /// <exception cref="RuntimeException">A confinement is asked for that this host cannot give: to go on without would
    /// be to say that there is one.</exception>
    public static IEnumerable<PlanEntry> Steps(ProcessSpec process)
    {
        if (process.ApparmorProfile is { Length: > 0 } profile && (HasApparmor || profile != Unconfined))
            yield return Apparmor(profile);
        if (process.SelinuxLabel is { Length: > 0 } label)
            yield return Selinux(label);
    }

    /// <summary>File systems made for the container get its label.</summary>
    public static IReadOnlyList<PlanEntry> OnMounts(IReadOnlyList<PlanEntry> plan, string? label)
    {
        if (string.IsNullOrEmpty(label))
            return plan;
        if (!HasSelinux)
            throw new RuntimeException("linux.mountLabel: this host has no SELinux; drop the label");
        return [.. plan.Select(step => IsLabelled(step) ? With(step, label) : step)];
    }

    /// <remarks>mqueue knows no context=; its policy labels it.</remarks>
    private static bool IsLabelled(PlanEntry step) =>
        step is { Op: PlanOp.Mount or PlanOp.CopyUp, Text2: "tmpfs" or "devpts" };

    private static PlanEntry With(PlanEntry mount, string label) =>
        mount with { Text4 = (mount.Text4 is { Length: > 0 } data ? data + "," : "") + $"context=\"{label}\"" };

    private static PlanEntry Apparmor(string profile)
    {
        if (!HasApparmor)
            throw new RuntimeException(
                $"process.apparmorProfile: this host has no AppArmor to apply \"{profile}\"; drop it");
        // Several modules may share attr/exec; AppArmor's own is there since 5.8.
        var own = Directory.Exists("/proc/self/attr/apparmor") ? "apparmor/exec" : "exec";
        return new(PlanOp.Label, $"process.apparmorProfile: apply \"{profile}\"")
        {
            Text1 = own, Text2 = $"exec {profile}",
        };
    }

    private static PlanEntry Selinux(string label) => HasSelinux
        ? new(PlanOp.Label, $"process.selinuxLabel: apply \"{label}\"") { Text1 = "exec", Text2 = label }
        : throw new RuntimeException($"process.selinuxLabel: this host has no SELinux to apply \"{label}\"; drop it");
}
