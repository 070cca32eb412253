using System.Security.Cryptography;

namespace Orchestrator.Build.Execution;

/// <summary>Names of the snapshots that a build works on, and of the containers it runs steps in.</summary>
public static class StepKey
{
    /// <summary>No container's id begins so: what does was left by a build that is no more.</summary>
    public const string Prefix = "b-";

    /// <summary>As long as the names of run folders are, so that one can be told from its folder.</summary>
    public const int Length = 32;

    public static string Next() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Length / 2 - 1));
}
