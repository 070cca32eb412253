using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Tests.Seccomp;

/// <summary>Profiles of every kind, and the calls worth asking about each.</summary>
internal static class RandomProfiles
{
    private static readonly ulong[] Values =
        [0, 1, 2, 17, 38, 40, 0x7e020000, uint.MaxValue, 1UL << 32, (1UL << 32) + 2, 1UL << 63, ulong.MaxValue];

    private static readonly Gen<SyscallArgument> Conditions =
        from index in Gen.Choose(0, 3)
        from value in Gen.Elements(Values)
        from second in Gen.Elements(Values)
        from op in Gen.Elements(SeccompWords.Operators)
        select new SyscallArgument((uint)index, value, op, second);

    private static readonly Gen<(string Action, uint? Errno)> Actions =
        from action in Gen.Elements(SeccompWords.Actions)
        from errno in Gen.Elements<uint?>(null, 2, 38)
        select (action, action is "SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE" ? errno : null);

    /// <summary>A few names often, so that one has many rules; any name sometimes, and names nobody knows.</summary>
    private static readonly Gen<string> Names = Gen.OneOf(
        Gen.Elements("read", "socket", "socketcall", "ipc", "semop", "send", "mkdir", "clone", "nosuchcall"),
        Gen.Elements(Enumerable.Union(SyscallTable.X86_64.Numbers.Keys, SyscallTable.I386.Numbers.Keys).Where(n => n != "write").ToArray()));

    private static readonly Gen<SyscallRule> Rules =
        from names in Names.NonEmptyListOf()
        from action in Actions
        from arguments in Gen.OneOf(Gen.Constant(new List<SyscallArgument>()), Conditions.ListOf().Select(l => l.Take(3).ToList()))
        select new SyscallRule
        {
            Names = [.. names], Action = action.Action, ErrnoRet = action.Errno, Args = [.. arguments],
        };

    public static Gen<SeccompSpec> Any { get; } =
        from action in Actions.Where(a => a.Action != "SCMP_ACT_NOTIFY")
        from rules in Rules.ListOf()
        from i386 in Gen.Elements(true, false)
        from x32 in Gen.Elements(true, false)
        select new SeccompSpec
        {
            DefaultAction = action.Action,
            DefaultErrnoRet = action.Errno,
            Architectures = ["SCMP_ARCH_X86_64", .. i386 ? ["SCMP_ARCH_X86"] : Array.Empty<string>(), .. x32 ? ["SCMP_ARCH_X32"] : Array.Empty<string>(), "SCMP_ARCH_ARM"],
            ListenerPath = "/run/listener",
            Syscalls = [.. rules],
        };

    public static SyscallRule Errno(params string[] names) => new() { Names = names, Action = "SCMP_ACT_ERRNO" };

    /// <summary>Every number, by every way of calling; for those that some rule compares arguments of, with each
    /// argument just below, at and just above what it is compared with.</summary>
    public static IEnumerable<SeccompCall> Calls(SeccompSpec spec, uint[] architectures)
    {
        var compared = (spec.Syscalls ?? []).Where(r => r.Args is { Length: > 0 })
            .SelectMany(r => r.Names).Append("socketcall").Append("ipc").Distinct()
            .SelectMany(n => new[] { SyscallTable.X86_64, SyscallTable.I386, SyscallTable.X32 }
                .Where(t => t.Numbers.ContainsKey(n)).Select(t => t.Numbers[n])).ToHashSet();
        var arguments = Arguments(spec).ToList();
        foreach (var architecture in architectures)
        {
            foreach (var number in Numbers())
            {
                yield return new SeccompCall(architecture, number, 0, 0, 0, 0, 0, 0);
                if (compared.Contains(number & ~SeccompCall.X32Bit))
                {
                    foreach (var set in arguments)
                        yield return new SeccompCall(architecture, number, set);
                }
            }
        }
    }

    private static uint[] Numbers() =>
    [
        .. Enumerable.Range(0, 1001).SelectMany(n => new[] { (uint)n, (uint)n | SeccompCall.X32Bit }),
        0x3fffffff, 0x7fffffff, 0x80000000, 0x80000001, 0xc0000000, 0xfffffffe, uint.MaxValue,
    ];

    private static IEnumerable<ulong[]> Arguments(SeccompSpec spec)
    {
        var conditions = (spec.Syscalls ?? []).SelectMany(r => r.Args ?? []).Distinct().Take(8).ToList();
        var zeros = new ulong[6];
        for (var selector = 1ul; selector < 26; selector++)
            yield return [selector, 0, 0, 0, 0, 0];
        foreach (var condition in conditions)
        {
            foreach (var value in Around(condition))
            {
                var set = (ulong[])zeros.Clone();
                foreach (var other in conditions) // All others hold as far as they can.
                    set[other.Index] = other.Op == "SCMP_CMP_MASKED_EQ" ? other.ValueTwo : other.Value;
                set[condition.Index] = value;
                yield return set;
            }
        }
    }

    private static IEnumerable<ulong> Around(SyscallArgument condition) => unchecked(
    [
        0, condition.Value - 1, condition.Value, condition.Value + 1, condition.Value ^ (1UL << 32),
        condition.Value | (1UL << 40), condition.ValueTwo, condition.ValueTwo | ~condition.Value, ulong.MaxValue,
    ]);
}
