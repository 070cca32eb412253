using System.Security.Cryptography;

namespace Orchestrator.Model;

/// <summary>Makes the 25-character lower-case base36 identifiers of cluster objects, as Swarm's look.</summary>
public static class Identifier
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int Length = 25;

    /// <summary>129 random bits. Not reproducible; a planner that must be pure is handed its ids.</summary>
    public static string New() => RandomNumberGenerator.GetString(Digits, Length);

    public static bool IsValid(string text) => text.Length == Length && text.All(Digits.Contains);
}

#pragma warning disable CA1036 // Ids are ordered for determinism, not compared with operators.
public readonly record struct NodeId(string Value) : IComparable<NodeId>
{
    public int CompareTo(NodeId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

public readonly record struct ServiceId(string Value) : IComparable<ServiceId>
{
    public int CompareTo(ServiceId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

public readonly record struct TaskId(string Value) : IComparable<TaskId>
{
    public int CompareTo(TaskId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

public readonly record struct NetworkId(string Value) : IComparable<NetworkId>
{
    public int CompareTo(NetworkId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

public readonly record struct PayloadId(string Value) : IComparable<PayloadId>
{
    public int CompareTo(PayloadId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

public readonly record struct ClusterId(string Value) : IComparable<ClusterId>
{
    public int CompareTo(ClusterId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
