namespace Orchestrator.Model;

/// <summary>
/// The kinds of failure a user meets; proto/orchestrator/v1/errors.proto explains each (cause, remedy).
/// </summary>
public enum ErrorCode
{
    Unknown = 0,
    InvalidArgument = 1,
    NotFound = 2,
    NameTaken = 3,
    PortTaken = 4,
    /// <summary>The object changed since it was read.</summary>
    OutOfSequence = 5,
    /// <summary>Refused while something else holds it, such as removing a network in use.</summary>
    InUse = 6,
    /// <summary>The operation does not fit the present state, such as leaving a cluster one is not in.</summary>
    FailedPrecondition = 7,
    PermissionDenied = 8,
    /// <summary>No leader, or too few managers.</summary>
    NoQuorum = 9,
    Unavailable = 10,
    Unsupported = 11,
    ResourceExhausted = 12,
    Internal = 13,
}
