using System.Diagnostics;
using Orchestrator.Oci.Bundle;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Security;

/// <summary>CVE-2022-24769, CVE-2022-29162, CVE-2022-36109: groups or capabilities of the caller are inherited.</summary>
public sealed class PrivilegeTests
{
    private const string Show = "grep -E '^(Groups|CapInh|CapAmb|CapBnd):' /proc/self/status";

    private static readonly string[] Expected =
        ["Groups:\t", "CapInh:\t0000000000000000", "CapBnd:\t00000000a80425fb", "CapAmb:\t0000000000000000"];

    [RootFact]
    public void Neither_groups_nor_inheritable_capabilities_of_who_starts_it_reach_a_container()
    {
        using var container = new TestContainer("/bin/sh", "-c", Show);

        var output = WithLeakyCaller(container, "run", "--bundle", container.Bundle(), container.Id);

        Assert.Equal(Expected, Lines(output));
    }

    [RootFact]
    public void Nor_do_they_reach_what_is_executed_in_it()
    {
        using var container = new TestContainer("/bin/sleep", "60");
        container.Must("run", "--detach", "--bundle", container.Bundle(), container.Id);

        var output = WithLeakyCaller(container, "exec", container.Id, "/bin/sh", "-c", Show);

        Assert.Equal(Expected, Lines(output));
    }

    [RootFact]
    public void A_user_has_the_groups_it_was_given_and_the_primary_one()
    {
        using var container = new TestContainer("/bin/id");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with { User = new UserSpec(1000, 1001, [1001, 1002]) },
        };

        var output = WithLeakyCaller(container, "run", "--bundle", container.Bundle(), container.Id);

        Assert.Equal("uid=1000 gid=1001 groups=1001,1002\n", output);
    }

    private static string[] Lines(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd(' '))];

    /// <summary>Of a caller with more groups, and with capabilities that are inheritable.</summary>
    private static string WithLeakyCaller(TestContainer container, params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo("setpriv",
            [
                "--groups", "27,4242", "--inh-caps", "+chown,+setuid,+net_admin", .. TestContainer.Program, "--root", $"{container.Folder}/root",
                .. command,
            ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", errors.Result);
        return output;
    }
}
