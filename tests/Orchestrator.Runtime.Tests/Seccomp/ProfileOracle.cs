using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Tests.Seccomp;

/// <summary>What a profile says of a call, read off the profile itself, rule by rule: knows nothing of trees, halves of
/// words or jumps.</summary>
internal sealed class ProfileOracle(SeccompSpec spec)
{
    private const uint Kill = 0, Enosys = 0x50026;

    private readonly uint defaultAction = Action(spec.DefaultAction, spec.DefaultErrnoRet);

    /// <summary>Each with its own conditions; one where two are on one argument counts for as many.</summary>
    private readonly List<(string[] Names, uint Action, SyscallArgument[] Conditions)> rules =
    [
        .. (spec.Syscalls ?? []).SelectMany(rule => Alternatives(rule.Args ?? []).Select(conditions =>
            (rule.Names, Action(rule.Action, rule.ErrnoRet), conditions))),
    ];

    private static readonly Dictionary<(SyscallTable, uint), string> Names = new[]
    {
        SyscallTable.X86_64, SyscallTable.I386, SyscallTable.X32,
    }.SelectMany(t => t.Numbers.Select(n => ((t, n.Value), n.Key))).ToDictionary(p => p.Item1, p => p.Key);

    private readonly Dictionary<(SyscallTable, string), List<(uint Action, SyscallArgument[] Conditions)>> byName = [];

    private readonly Dictionary<SyscallTable, uint?> highest = [];

    public uint Answer(SeccompCall call) => (call.Architecture, call.Number) switch
    {
        (SeccompCall.X86_64, < SeccompCall.X32Bit or uint.MaxValue) => Answer(SyscallTable.X86_64, call.Number, call),
        (SeccompCall.X86_64, _) when Has("SCMP_ARCH_X32") => call.Number >> 31 == 1
            ? Unlisted(SyscallTable.X32, call.Number)
            : Answer(SyscallTable.X32, call.Number & ~SeccompCall.X32Bit, call),
        (SeccompCall.I386, _) when Has("SCMP_ARCH_X86") => Answer(SyscallTable.I386, call.Number, call),
        _ => Kill,
    };

    private bool Has(string architecture) => (spec.Architectures ?? []).Contains(architecture);

    private uint Answer(SyscallTable table, uint number, SeccompCall call)
    {
        if (!Names.TryGetValue((table, number), out var name))
            return Unlisted(table, number);
        if (!byName.TryGetValue((table, name), out var about))
            byName[(table, name)] = about = About(table, name);
        var always = about.FindIndex(r => r.Conditions.Length == 0);
        var first = always >= 0 ? always
            : about.FindIndex(r => Array.TrueForAll(r.Conditions, c => Holds(c, call.Arguments[c.Index], table)));
        return first >= 0 ? about[first].Action : Unlisted(table, number);
    }

    private List<(uint Action, SyscallArgument[] Conditions)> About(SyscallTable table, string name)
    {
        var about = new List<(uint, SyscallArgument[])>();
        foreach (var rule in rules.Where(r => r.Action != defaultAction))
        {
            foreach (var said in rule.Names)
            {
                if (said == name)
                    about.Add((rule.Action, rule.Conditions));
                if (IsSeen(rule) && Way(table, said) is { } way && way.Name == name)
                    about.Add((rule.Action, [new SyscallArgument(0, way.Selector, "SCMP_CMP_EQ")]));
            }
        }

        return about;
    }

    private uint Unlisted(SyscallTable table, uint number)
    {
        if (!highest.TryGetValue(table, out var last))
            highest[table] = last = Highest(table);
        var denies = (defaultAction & 0xffff0000) is not (0x7fff0000 or 0x7ffc0000 or 0x7ff00000);
        return denies && number > last ? Enosys : defaultAction;
    }

    /// <summary>Of the calls that some rule names, whatever it says of them.</summary>
    private uint? Highest(SyscallTable table) => rules
        .SelectMany(r => r.Names.Concat(r.Names.Where(_ => IsSeen(r)).Select(n => Way(table, n)?.Name ?? n)))
        .Where(table.Numbers.ContainsKey).Select(n => (uint?)table.Numbers[n]).Max();

    /// <summary>Where arguments cannot be seen: without conditions, or to be taken for held since it forbids more.
    /// </summary>
    private bool IsSeen((string[] Names, uint Action, SyscallArgument[] Conditions) rule) =>
        rule.Conditions.Length == 0 || Severity(rule.Action) > Severity(defaultAction);

    private static int Severity(uint action) => (action & 0xffff0000) switch
    {
        0x80000000 => 7, 0 => 6, 0x30000 => 5, 0x50000 => 4, 0x7fc00000 => 3, 0x7ff00000 => 2, 0x7ffc0000 => 1, _ => 0,
    };

    /// <summary>Another call of i386 by which one can be made.</summary>
    private static (string Name, uint Selector)? Way(SyscallTable table, string name) =>
        table == SyscallTable.I386 && Multiplexers.TryFind(name, out var other, out var selector)
            ? (other, selector) : null;

    private static IEnumerable<SyscallArgument[]> Alternatives(SyscallArgument[] conditions) =>
        conditions.GroupBy(c => c.Index).Any(g => g.Count() > 1) ? conditions.Select(c => new[] { c }) : [conditions];

    private static bool Holds(SyscallArgument condition, ulong argument, SyscallTable table)
    {
        var width = table == SyscallTable.X86_64 ? ulong.MaxValue : uint.MaxValue;
        var (value, second) = (condition.Value & width, condition.ValueTwo & width);
        argument &= width;
        return condition.Op switch
        {
            "SCMP_CMP_EQ" => argument == value,
            "SCMP_CMP_NE" => argument != value,
            "SCMP_CMP_LT" => argument < value,
            "SCMP_CMP_LE" => argument <= value,
            "SCMP_CMP_GT" => argument > value,
            "SCMP_CMP_GE" => argument >= value,
            _ => (argument & value) == (second & value),
        };
    }

    private static uint Action(string word, uint? errno) => word switch
    {
        "SCMP_ACT_ALLOW" => 0x7fff0000,
        "SCMP_ACT_LOG" => 0x7ffc0000,
        "SCMP_ACT_TRACE" => 0x7ff00000 | (errno ?? 1),
        "SCMP_ACT_NOTIFY" => 0x7fc00000,
        "SCMP_ACT_ERRNO" => 0x00050000 | (errno ?? 1),
        "SCMP_ACT_TRAP" => 0x00030000,
        "SCMP_ACT_KILL_PROCESS" => 0x80000000,
        _ => Kill,
    };
}
