namespace Orchestrator.Runtime.Seccomp;

/// <summary>Lays a graph out in a row, from its last instruction to its first: then every jump, which can only lead
/// forward, leads to a place that is known already.</summary>
internal sealed class BpfAssembler
{
    private readonly BpfGraph graph;
    private readonly List<BpfInstruction> reversed = [];

    /// <summary>Index in <see cref="reversed"/>; -1: not laid yet.</summary>
    private readonly int[] places;

    private BpfAssembler(BpfGraph graph)
    {
        this.graph = graph;
        places = new int[graph.Count];
        Array.Fill(places, -1);
    }

    /// <exception cref="RuntimeException">It takes more instructions than a filter may have.</exception>
    public static BpfInstruction[] Assemble(BpfGraph graph, int root)
    {
        var assembler = new BpfAssembler(graph);
        assembler.Lay(root);
        if (assembler.reversed.Count > BpfGraph.MaxInstructions)
            throw BpfGraph.TooLarge();
        assembler.reversed.Reverse();
        return [.. assembler.reversed];
    }

    private void Lay(int id)
    {
        if (places[id] >= 0)
            return;
        var node = graph[id];
        if (node.Code == BpfCode.Return)
            reversed.Add(new(BpfCode.Return, 0, 0, node.K));
        else if (node.Else < 0)
            LayStraight(node);
        else
            LayBranch(node);
        places[id] = reversed.Count - 1;
    }

    private void LayStraight(BpfGraph.Node node)
    {
        Lay(node.Next);
        if (places[node.Next] != reversed.Count - 1)
            Repeat(node.Next);
        reversed.Add(new(node.Code, 0, 0, node.K));
    }

    private void LayBranch(BpfGraph.Node node)
    {
        Lay(node.Next);
        Lay(node.Else);
        // One more may come between the branch and where it leads: the step on the way to its other end.
        var then = Near(node.Next, between: 1);
        var otherwise = Near(node.Else, between: 0);
        reversed.Add(new(node.Code, Distance(then), Distance(otherwise), node.K));
    }

    /// <summary>A place that the byte of a conditional jump can reach.</summary>
    private int Near(int id, int between)
    {
        if (reversed.Count + between - places[id] - 1 > byte.MaxValue)
            return Repeat(id);
        return places[id];
    }

    /// <summary>The node once more, here: an end as itself, anything longer as a jump to it.</summary>
    private int Repeat(int id)
    {
        var node = graph[id];
        if (node.Code == BpfCode.Return)
        {
            reversed.Add(new(BpfCode.Return, 0, 0, node.K));
            return places[id] = reversed.Count - 1;
        }

        reversed.Add(new(BpfCode.Jump, 0, 0, (uint)(reversed.Count - places[id] - 1)));
        return reversed.Count - 1;
    }

    private byte Distance(int place) => checked((byte)(reversed.Count - place - 1));
}
