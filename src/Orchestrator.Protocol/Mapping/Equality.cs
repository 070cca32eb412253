namespace Orchestrator.Protocol.Mapping;

/// <summary>
/// Equality by value. The model's records hold immutable arrays, which compare by reference, so what was decoded twice
/// would differ from itself; the wire form compares deeply.
/// </summary>
public static class Equality
{
    public static bool SameAs(this M.TaskSpec one, M.TaskSpec other) =>
        ReferenceEquals(one, other) || one.ToProto().Equals(other.ToProto());

    public static bool SameAs(this M.EndpointSpec one, M.EndpointSpec other) =>
        ReferenceEquals(one, other) || one.ToProto().Equals(other.ToProto());

    public static bool SameAs(this M.ServiceSpec one, M.ServiceSpec other) =>
        ReferenceEquals(one, other) || one.ToProto().Equals(other.ToProto());
}
