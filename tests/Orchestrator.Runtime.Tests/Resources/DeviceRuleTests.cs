using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Resources;

namespace Orchestrator.Runtime.Tests.Resources;

public sealed class DeviceRuleTests
{
    private static readonly Gen<DeviceRule> Rules =
        from allow in Gen.Elements(true, false)
        from type in Gen.Elements("a", "b", "c", null)
        from major in Gen.Elements<long?>(null, -1, 0, 1, 2)
        from minor in Gen.Elements<long?>(null, -1, 0, 1, 2)
        from access in Gen.Elements("r", "w", "m", "rw", "wm", "rwm", "", null)
        select new DeviceRule(allow, type, major, minor, access);

    [Fact]
    public void The_program_decides_every_access_as_the_last_rule_that_names_it() => Check.QuickThrowOnFailure(
        Prop.ForAll(Rules.ArrayOf().ToArbitrary(), rules =>
        {
            var parsed = DeviceAccess.Parse(rules);
            var program = DeviceProgram.Compile(parsed);
            foreach (var (type, major, minor, use) in Accesses())
                Assert.Equal(
                    Expected(parsed, type, major, minor, use), DeviceFilterMachine.Allows(program, type, major, minor, use));
        }));

    [Fact]
    public void No_instruction_is_out_of_reach_after_a_rule_about_everything()
    {
        var program = DeviceProgram.Compile(DeviceAccess.Parse([new(true, "c", 1, 3), new(true)]));

        Assert.Equal(6 + 2, program.Length);
    }

    [Fact]
    public void Lists_of_v1_begin_with_a_default_and_go_on_with_exceptions_from_it()
    {
        Assert.Equal(
            ["devices.deny a", "devices.allow c 1:3 rwm", "devices.allow b *:* m", "devices.allow c *:* m"],
            V1(new(true, "c", 1, 3), new(true, "a", null, null, "m")));
        Assert.Equal(["devices.allow a", "devices.deny b 8:* rw"], V1(new(true), new(false, "b", 8, null, "rw")));
    }

    [Fact]
    public void What_is_taken_back_on_v1_is_not_given_first()
    {
        Assert.Equal(
            ["devices.deny a", "devices.allow c 1:3 r"],
            V1(new(true, "c", 1, 3, "rw"), new(true, "b", 8, 0), new(false, "c", 1, null, "w"), new(false, "b")));
    }

    [Fact]
    public void What_v1_would_forget_without_a_word_is_refused()
    {
        var refusal = Assert.Throws<RuntimeException>(() => V1(new(true, "c", 1, null), new(false, "c", 1, 3, "w")));

        Assert.StartsWith(
            "linux.resources.devices[1] is c 1:3 w: cgroup v1 cannot take out a part of an earlier rule (devices[0])",
            refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_is_none_is_named()
    {
        (DeviceRule Rule, string Words)[] cases =
        [
            (new(true, "x"), "linux.resources.devices[0].type is \"x\": it must be a, b or c"),
            (new(true, "c", 1, 3, "rx"), "linux.resources.devices[0].access is \"rx\": it is made of r, w and m"),
            (new(true, "c", -2), "linux.resources.devices[0].major is -2: it is a number"),
            (null!, "linux.resources.devices[0] is null: leave it out"),
        ];
        foreach (var (rule, words) in cases)
            Assert.StartsWith(
                words, Assert.Throws<RuntimeException>(() => DeviceAccess.Parse([rule])).Message, StringComparison.Ordinal);
    }

    private static string[] V1(params DeviceRule[] rules) =>
        [.. DeviceListV1.Build(DeviceAccess.Parse(rules), "d").Select(w => $"{w.Path[2..]} {w.Value}")];

    private static IEnumerable<(int Type, uint Major, uint Minor, int Use)> Accesses() =>
        from type in new[] { 1, 2 }
        from major in new[] { 0u, 1u, 3u }
        from minor in new[] { 0u, 2u }
        from use in Enumerable.Range(1, 7)
        select (type, major, minor, use);

    private static bool Expected(IReadOnlyList<DeviceAccess> rules, int type, uint major, uint minor, int use) =>
        new[] { 1, 2, 4 }.Where(bit => (use & bit) != 0).All(bit => rules.Last(r =>
            (r.Type == 0 || (int)r.Type == type) && (r.Major ?? major) == major && (r.Minor ?? minor) == minor
            && ((int)r.Use & bit) != 0).Allow);
}
