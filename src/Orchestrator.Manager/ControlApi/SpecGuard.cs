namespace Orchestrator.Manager.ControlApi;

/// <summary>Whether an update was made from the present spec.</summary>
/// <remarks>
/// The system writes the same objects as the user: addresses, status, progress of an update. Only a write of the spec
/// gets in a user's way. <c>SpecVersion</c> is the version that the last such write was made from, so whoever read a
/// later one has seen what it wrote.
/// </remarks>
internal static class SpecGuard
{
    /// <param name="read">The version that the user's update names.</param>
    /// <exception cref="Model.UserException">The spec was changed since.</exception>
    public static void Check(ulong read, ulong specVersion, ulong version)
    {
        if (read <= specVersion || read > version)
            throw UserErrors.OutOfSequence();
    }
}
