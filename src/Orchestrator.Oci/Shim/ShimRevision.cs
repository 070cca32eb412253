namespace Orchestrator.Oci.Shim;

/// <summary>What the daemon and the program it starts must agree on before either speaks: the shim's command line and
/// the calls of its socket.</summary>
public static class ShimRevision
{
    /// <summary>Goes up with each change that the other side would miss. docs/design/shim.md.</summary>
    public const int Current = 3;

    /// <summary>The line of <c>orch-runtime --version</c> that tells it.</summary>
    public static string Line => $"shim: {Current}";
}
