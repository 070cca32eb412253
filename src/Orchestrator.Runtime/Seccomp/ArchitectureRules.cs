using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>What a policy says of each system call of one architecture, by number.</summary>
internal sealed class ArchitectureRules
{
    private readonly SortedDictionary<uint, List<SeccompPolicy.Rule>> rules = [];

    private ArchitectureRules(bool isNarrow) => IsNarrow = isNarrow;

    /// <summary>Arguments are of 32 bits, whatever the registers hold, and so is what they are compared with.</summary>
    public bool IsNarrow { get; }

    /// <summary>In the order of their numbers; the rules of one, in the policy's order.</summary>
    public IReadOnlyDictionary<uint, List<SeccompPolicy.Rule>> ByNumber => rules;

    /// <summary>The highest that the policy names; null: it names none.</summary>
    public uint? Highest { get; private set; }

    public static ArchitectureRules Of(SeccompPolicy policy, SyscallTable table, uint bit = 0)
    {
        var result = new ArchitectureRules(isNarrow: table != SyscallTable.X86_64);
        foreach (var rule in policy.Rules)
        {
            foreach (var name in rule.Names)
            {
                if (table.TryFind(name, out var number)) // A name that is not known here is not callable either.
                    result.Add(number | bit, rule, policy);
                if (table == SyscallTable.I386)
                    result.AddMultiplexed(name, rule, policy);
            }
        }

        return result;
    }

    private void Add(uint number, SeccompPolicy.Rule rule, SeccompPolicy policy)
    {
        Highest = Math.Max(Highest ?? 0, number);
        if (rule.Action == policy.DefaultAction)
            return; // Says nothing, and shall not stand in the way of a rule that does.
        if (!rules.TryGetValue(number, out var list))
            rules[number] = list = [];
        list.Add(rule);
    }

    /// <summary>What would be compared is in memory then, where no filter can see it. So a rule with conditions counts
    /// as if they held when it forbids, and as if they did not when it allows.</summary>
    private void AddMultiplexed(string name, SeccompPolicy.Rule rule, SeccompPolicy policy)
    {
        if (!Multiplexers.TryFind(name, out var multiplexer, out var selector)
            || (rule.Conditions.Count > 0 && !IsStricter(rule.Action, policy.DefaultAction)))
            return;
        SyscallTable.I386.TryFind(multiplexer, out var number);
        Add(number, rule with { Conditions = [new SyscallArgument(0, selector, "SCMP_CMP_EQ")] }, policy);
    }

    /// <summary>As the kernel compares what several filters say: the least, with a sign, wins.</summary>
    private static bool IsStricter(uint action, uint than) =>
        (int)(action & ~SeccompWords.DataMask) < (int)(than & ~SeccompWords.DataMask);
}
