using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Seccomp;

namespace Orchestrator.Engine.Running;

/// <summary>Which filter of system calls a container gets: docker's default, the one its creator sent, or none.
/// </summary>
internal static class SeccompChoice
{
    private const string None = "unconfined", BuiltIn = "builtin";

    /// <param name="asked">Empty: nothing. A word, or a profile as JSON.</param>
    /// <param name="otherwise">The daemon's, for who asks for nothing: a word, or a profile as JSON.</param>
    /// <param name="bounding">The container's capabilities, on which rules of a profile depend.</param>
    public static SeccompSpec? Of(string asked, string otherwise, bool privileged, string[] bounding) => asked switch
    {
        None => null,
        "" when privileged => null,
        "" => Of(otherwise.Length > 0 ? otherwise : BuiltIn, BuiltIn, privileged: false, bounding),
        BuiltIn => Resolve(SeccompProfile.Default, bounding),
        _ => Resolve(SeccompProfile.Parse(asked), bounding),
    };

    /// <exception cref="EngineException">A profile that cannot be read.</exception>
    public static void Check(string asked)
    {
        if (FaultOf(asked) is { } fault)
            throw EngineException.Invalid($"invalid --security-opt seccomp: {fault}");
    }

    /// <returns>Null: it can be used.</returns>
    public static string? FaultOf(string asked)
    {
        try
        {
            if (asked is not (None or BuiltIn or ""))
                Resolve(SeccompProfile.Parse(asked), []);
            return null;
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
    }

    /// <summary>.NET's version of the operating system is the kernel's.</summary>
    private static SeccompSpec? Resolve(SeccompProfile profile, string[] bounding) =>
        ProfileResolver.Resolve(profile, bounding, Environment.OSVersion.Version);
}
