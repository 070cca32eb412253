using System.Runtime.InteropServices;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>A filter as a graph of decisions, built from its ends: a node is made after those it leads to, so there is
/// no loop, and equal nodes are one.</summary>
internal sealed class BpfGraph
{
    /// <summary>BPF_MAXINSNS.</summary>
    public const int MaxInstructions = 4096;

    private readonly List<Node> nodes = [];
    private readonly Dictionary<Node, int> known = [];

    /// <summary>What a node is and where it leads. <see cref="Next"/> is also where a condition that holds leads.
    /// </summary>
    public readonly record struct Node(BpfCode Code, uint K, int Next, int Else);

    public int Count => nodes.Count;

    public Node this[int node] => nodes[node];

    public int Return(uint value) => Intern(new(BpfCode.Return, value, -1, -1));

    public int Branch(BpfCode condition, uint value, int then, int otherwise) =>
        then == otherwise ? then : Intern(new(condition, value, then, otherwise));

    public int Load(uint offset, int next) =>
        IsIndifferent(next) ? next : Intern(new(BpfCode.Load, offset, next, -1));

    public int And(uint mask, int next) =>
        mask == uint.MaxValue || IsIndifferent(next) ? next : Intern(new(BpfCode.And, mask, next, -1));

    /// <summary>To what the accumulator holds.</summary>
    private bool IsIndifferent(int node) => nodes[node].Code is BpfCode.Return or BpfCode.Load;

    private int Intern(Node node)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(known, node, out var exists);
        if (exists)
            return id;
        if (nodes.Count == MaxInstructions) // Each is an instruction at least: this bounds time and depth, too.
            throw TooLarge();
        nodes.Add(node);
        return id = nodes.Count - 1;
    }

    public static RuntimeException TooLarge() => new(
        $"linux.seccomp.syscalls: compiles to more than the {MaxInstructions} instructions a filter may have; "
        + "use fewer rules");
}
