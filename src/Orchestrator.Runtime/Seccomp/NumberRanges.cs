namespace Orchestrator.Runtime.Seccomp;

/// <summary>The line of all numbers cut where what happens changes; neighbours that lead to the same are one range.
/// </summary>
internal sealed class NumberRanges(int otherwise)
{
    /// <summary>Each reaches from its first number to the next one's.</summary>
    private readonly List<(uint First, int Node)> ranges = [(0, otherwise)];

    /// <summary>One number; greater than those added before.</summary>
    public void Add(uint number, int node)
    {
        AddFrom(number, node);
        AddFrom(number + 1, otherwise);
    }

    /// <summary>This number and all above it; not less than those added before.</summary>
    public void AddFrom(uint number, int node)
    {
        if (ranges[^1].First == number)
            ranges.RemoveAt(ranges.Count - 1);
        if (ranges.Count == 0 || ranges[^1].Node != node)
            ranges.Add((number, node));
    }

    /// <summary>A balanced tree of comparisons with the accumulator.</summary>
    public int Tree(BpfGraph graph) => Tree(graph, 0, ranges.Count);

    private int Tree(BpfGraph graph, int start, int end)
    {
        if (end - start == 1)
            return ranges[start].Node;
        var middle = (start + end) / 2;
        return graph.Branch(
            BpfCode.JumpIfAtLeast, ranges[middle].First, Tree(graph, middle, end), Tree(graph, start, middle));
    }
}
