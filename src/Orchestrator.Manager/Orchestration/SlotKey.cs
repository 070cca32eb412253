using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>The place a task fills: a number in a replicated service, a node in a global one.</summary>
internal readonly record struct SlotKey(ulong Number, NodeId Node) : IComparable<SlotKey>
{
    public static SlotKey Of(ulong number) => new(number, new NodeId(""));

    public static SlotKey Of(NodeId node) => new(0, node);

    public static SlotKey Of(OrchTask task) => task.Slot > 0 ? Of(task.Slot) : Of(task.NodeId);

    public int CompareTo(SlotKey other)
    {
        var byNumber = Number.CompareTo(other.Number);
        return byNumber != 0 ? byNumber : Node.CompareTo(other.Node);
    }
}
