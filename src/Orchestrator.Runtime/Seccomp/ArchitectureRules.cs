using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>What a policy says of each system call of one architecture, by number.</summary>
internal sealed class ArchitectureRules
{
    private readonly SortedDictionary<uint, List<SeccompPolicy.Rule>> rules = [];

    private ArchitectureRules()
    {
    }

    /// <summary>In the order of their numbers; the rules of one, in the policy's order.</summary>
    public IReadOnlyDictionary<uint, List<SeccompPolicy.Rule>> ByNumber => rules;

    /// <summary>The highest that the policy names; null: it names none.</summary>
    public uint? Highest { get; private set; }

    public static ArchitectureRules Of(SeccompPolicy policy, SyscallTable table, uint bit = 0)
    {
        var result = new ArchitectureRules();
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

    /// <summary>What is compared with is in memory then, where no filter can see it: rules with arguments cannot hold.
    /// </summary>
    private void AddMultiplexed(string name, SeccompPolicy.Rule rule, SeccompPolicy policy)
    {
        if (rule.Conditions.Count > 0 || !Multiplexers.TryFind(name, out var multiplexer, out var selector))
            return;
        SyscallTable.I386.TryFind(multiplexer, out var number);
        Add(number, rule with { Conditions = [new SyscallArgument(0, selector, "SCMP_CMP_EQ")] }, policy);
    }
}
