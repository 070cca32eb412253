using System.Text.Json;
using Orchestrator.Runtime.Checks;
using Orchestrator.Runtime.Commands;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Commands;

public sealed class CheckTests
{
    [RootFact]
    public void A_host_on_which_these_tests_run_is_found_to_have_what_they_use_and_is_left_as_it_was()
    {
        var findings = HostCheck.Run();

        Assert.DoesNotContain(findings, f => f.IsFatal);
        Assert.All(
            findings.Where(f => f.Name is "mount" or "pid" or "user" or "time" or "overlay" or "filter" or "freeze"),
            f => Assert.True(f.State == FindingState.Present, $"{f.Name}: {f.Detail}"));
        Assert.All(findings, f => Assert.Equal(f.State != FindingState.Present, f.Cost is not null));
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", "*orch-check-*", SearchOption.AllDirectories));
    }

    [RootFact]
    public void What_a_process_lacks_is_found_missing_with_what_that_costs()
    {
        using var container = new TestContainer("/bin/sleep", "1000");

        // Without its capabilities the runtime can make neither namespaces nor mounts.
        var (code, output, _) = container.Bare("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", "--");

        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal((1, false), (code, json.GetProperty("usable").GetBoolean()));
        var checks = json.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
        Assert.Equal("no", checks["mount"].GetProperty("state").GetString());
        Assert.Contains("CAP_SYS_ADMIN: no container can be made", checks["capabilities"].GetProperty("cost").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_says_in_its_last_line_whether_containers_can_run()
    {
        var missing = Finding.Missing("a", "thing", "not there", "much");

        Assert.EndsWith(
            "1 things are not as they could be.\n", CheckCommand.Table([missing, Finding.Present("a", "b", "c")]), StringComparison.Ordinal);
        Assert.EndsWith(
            "No container can run here without: thing.\n", CheckCommand.Table([missing.Required()]), StringComparison.Ordinal);
    }
}
