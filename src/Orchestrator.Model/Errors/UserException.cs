namespace Orchestrator.Model;

/// <summary>
/// A failure that is the user's to mend: what happened, in the names they typed, and what to do next.
/// </summary>
#pragma warning disable CA1032 // Without code and words it would be of no use to the user.
public sealed class UserException(ErrorCode code, string what, string remedy = "", Exception? inner = null)
    : Exception(Join(what, remedy), inner)
{
    public ErrorCode Code { get; } = code;

    public string What { get; } = what;

    public string Remedy { get; } = remedy;

    /// <summary>Two sentences on one line, whether or not the first brought its stop.</summary>
    private static string Join(string what, string remedy) =>
        remedy.Length == 0 ? what
            : what is [.., '.' or '!' or '?' or ':' or '…'] ? $"{what} {remedy}" : $"{what}. {remedy}";

    public static UserException NotFound(string kind, string reference) =>
        new(ErrorCode.NotFound, $"{kind} {reference} not found", $"List what is there: orch {kind} ls");
}
