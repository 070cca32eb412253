using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>A profile → classic BPF. Pure.</summary>
/// <remarks>
/// <code>
/// architecture ─┬─ x86-64 ── number ─┬─ below bit 30 ── tree ─┬─ the action
///               │                    └─ x32: tree, or killed  └─ arguments ── the action, or the default
///               ├─ i386 ──── number ──── tree
///               └─ any other: killed
/// </code>
/// Of the rules for one call, one without conditions decides alone; else the first whose conditions hold. A number
/// above all that the profile names fails with ENOSYS where the default would deny it: a libc that tries a call newer
/// than the profile then falls back to an older one. Both as libseccomp and runc have it.
/// </remarks>
internal static class SeccompCompiler
{
    private const uint NumberOffset = 0, ArchitectureOffset = 4, ArgumentsOffset = 16;
    private const uint AuditX86_64 = 0xc000003e, AuditI386 = 0x40000003, X32Bit = 0x40000000, Enosys = 38;

    /// <exception cref="RuntimeException">A field is wrong, or the program too long; the message names the field.
    /// </exception>
    public static SeccompProgram Compile(SeccompSpec spec)
    {
        var policy = SeccompPolicy.Read(spec);
        var graph = new BpfGraph();
        var other = graph.Return(SeccompWords.KillThread);
        if (policy.WithI386)
            other = graph.Branch(
                BpfCode.JumpIfEqual, AuditI386, NumberI386(graph, policy), other);
        var root = graph.Branch(
            BpfCode.JumpIfEqual, AuditX86_64, NumberX86_64(graph, policy), other);
        var program = BpfAssembler.Assemble(graph, graph.Load(ArchitectureOffset, root));
        return new SeccompProgram(program, policy.Flags);
    }

    private static int NumberI386(BpfGraph graph, SeccompPolicy policy) =>
        graph.Load(NumberOffset, Number(graph, policy, ArchitectureRules.Of(policy, SyscallTable.I386)));

    private static int NumberX86_64(BpfGraph graph, SeccompPolicy policy)
    {
        var rules = ArchitectureRules.Of(policy, SyscallTable.X86_64);
        var x32 = policy.WithX32 ? Number(graph, policy, ArchitectureRules.Of(policy, SyscallTable.X32, X32Bit))
            : graph.Return(SeccompWords.KillThread);
        // -1 has the bit too, but is a tracer's word for "no call".
        var none = graph.Return(Unknown(policy, rules.Highest));
        return graph.Load(NumberOffset, graph.Branch(
            BpfCode.JumpIfAtLeast, X32Bit, graph.Branch(BpfCode.JumpIfEqual, uint.MaxValue, none, x32),
            Number(graph, policy, rules)));
    }

    /// <summary>The tree over the numbers of one architecture.</summary>
    private static int Number(BpfGraph graph, SeccompPolicy policy, ArchitectureRules rules)
    {
        var otherwise = graph.Return(policy.DefaultAction);
        var ranges = new NumberRanges(otherwise);
        foreach (var (number, ofNumber) in rules.ByNumber)
            ranges.Add(number, Call(graph, ofNumber, otherwise, rules.IsNarrow));
        if (rules.Highest is { } highest)
            ranges.AddFrom(highest + 1, graph.Return(Unknown(policy, highest)));
        return ranges.Tree(graph);
    }

    private static uint Unknown(SeccompPolicy policy, uint? highest) =>
        highest is null || (policy.DefaultAction & ~SeccompWords.DataMask)
            is SeccompWords.Allow or SeccompWords.Log or SeccompWords.Trace
            ? policy.DefaultAction
            : SeccompWords.Errno | Enosys;

    private static int Call(BpfGraph graph, List<SeccompPolicy.Rule> rules, int otherwise, bool narrow)
    {
        if (rules.Find(r => r.Conditions.Count == 0) is { } always)
            return graph.Return(always.Action);
        var node = otherwise;
        for (var i = rules.Count - 1; i >= 0; i--)
        {
            var no = node;
            node = graph.Return(rules[i].Action);
            for (var j = rules[i].Conditions.Count - 1; j >= 0; j--)
                node = Condition(graph, rules[i].Conditions[j], narrow ? uint.MaxValue : ulong.MaxValue, node, no);
        }

        return node;
    }

    /// <param name="width">The bits that count, of the argument and of what it is compared with.</param>
    private static int Condition(BpfGraph graph, SyscallArgument argument, ulong width, int yes, int no)
    {
        var value = argument.Value & width;
        return argument.Op switch
        {
            "SCMP_CMP_EQ" => Equal(graph, argument, width, value, yes, no),
            "SCMP_CMP_NE" => Equal(graph, argument, width, value, no, yes),
            "SCMP_CMP_MASKED_EQ" => Equal(graph, argument, value, argument.ValueTwo & value, yes, no),
            "SCMP_CMP_GT" => Greater(graph, argument, width, BpfCode.JumpIfGreater, yes, no),
            "SCMP_CMP_GE" => Greater(graph, argument, width, BpfCode.JumpIfAtLeast, yes, no),
            "SCMP_CMP_LE" => Greater(graph, argument, width, BpfCode.JumpIfGreater, no, yes),
            _ => Greater(graph, argument, width, BpfCode.JumpIfAtLeast, no, yes), // LT: what else there is was checked.
        };
    }

    private static int Equal(BpfGraph graph, SyscallArgument argument, ulong mask, ulong value, int yes, int no)
    {
        var low = graph.Branch(BpfCode.JumpIfEqual, (uint)value, yes, no);
        low = (uint)mask == 0 ? yes : graph.Load(Low(argument), graph.And((uint)mask, low));
        if (mask >> 32 == 0)
            return low;
        var high = graph.Branch(BpfCode.JumpIfEqual, (uint)(value >> 32), low, no);
        return graph.Load(High(argument), graph.And((uint)(mask >> 32), high));
    }

    /// <summary>A filter sees 32 bits at a time: the upper half decides, unless it is equal.</summary>
    private static int Greater(
        BpfGraph graph, SyscallArgument argument, ulong width, BpfCode lowCondition, int yes, int no)
    {
        var low = graph.Load(Low(argument), graph.Branch(lowCondition, (uint)argument.Value, yes, no));
        if (width == uint.MaxValue)
            return low;
        var high = (uint)(argument.Value >> 32);
        var equal = graph.Branch(BpfCode.JumpIfEqual, high, low, no);
        return graph.Load(High(argument), graph.Branch(BpfCode.JumpIfGreater, high, yes, equal));
    }

    private static uint Low(SyscallArgument argument) => ArgumentsOffset + (argument.Index * 8);

    private static uint High(SyscallArgument argument) => Low(argument) + 4;
}
