namespace Orchestrator.Build.Syntax;

/// <summary><c>ADD [FLAGS] SOURCE… DESTINATION</c>: COPY that also takes addresses and unpacks archives.</summary>
public sealed record AddInstruction : Instruction
{
    public required CopyFlags Files { get; init; }

    /// <summary>The digest that what an address gives must have; a commit for git. Null without the flag.</summary>
    public string? Checksum { get; init; }

    /// <summary>Null without the flag: <c>.git</c> is left out.</summary>
    public bool? KeepGitDir { get; init; }

    /// <summary>Null without the flag: archives of the context are unpacked, those of an address are not.</summary>
    public bool? Unpack { get; init; }
}
