using Orchestrator.Oci.Bundle;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Security;

/// <summary>On a machine with SELinux, whose policy lets host_t write to files and confined_t not
/// (tests/lib/vm/selinux.cil).</summary>
public sealed class SelinuxTests
{
    [VmFact(Only = "selinux")]
    public void A_label_confines_the_container()
    {
        using var container = Labelled("u:r:confined_t:s0", "cat /proc/self/attr/current; echo; echo x > /bin/new");

        var (_, output, errors) = container.Run();

        Assert.StartsWith("u:r:confined_t:s0", output, StringComparison.Ordinal);
        Assert.Contains("Permission denied", errors, StringComparison.Ordinal);
    }

    [VmFact(Only = "selinux")]
    public void Without_one_it_is_as_its_maker_and_a_label_unknown_to_the_policy_is_an_error()
    {
        using var unlabelled = Labelled(null, "cat /proc/self/attr/current; echo; echo x > /bin/new");
        using var unknown = Labelled("u:r:nobody_t:s0", "true");

        var (code, output, errors) = unlabelled.Run();

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("u:r:host_t:s0", output, StringComparison.Ordinal);
        Assert.Contains("process.selinuxLabel: apply \"u:r:nobody_t:s0\"", unknown.Run().Errors, StringComparison.Ordinal);
    }

    [VmFact(Only = "selinux")]
    public void File_systems_made_for_it_have_its_mount_label()
    {
        using var container = Labelled(null, "grep ' /dev ' /proc/self/mounts");
        container.Spec = container.Spec with
        {
            Linux = container.Spec.Linux! with { MountLabel = "u:object_r:confined_t:s0" },
        };

        var (_, output, errors) = container.Run();

        Assert.Equal("", errors);
        Assert.Contains("context=u:object_r:confined_t:s0", output, StringComparison.Ordinal);
    }

    private static TestContainer Labelled(string? label, string script)
    {
        var container = new TestContainer("/bin/sh", "-c", script);
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with { SelinuxLabel = label },
        };
        return container;
    }
}
