namespace Orchestrator.Build.Syntax;

/// <summary><c>FROM [--platform=P] BASE [AS NAME]</c>, which begins a stage.</summary>
public sealed record FromInstruction : Instruction
{
    /// <summary>An image, an earlier stage or <c>scratch</c>; variables of the meta arguments count.</summary>
    public required string Base { get; init; }

    /// <summary>In lower case, without variables; null where there is no <c>AS</c>.</summary>
    public string? StageName { get; init; }

    /// <summary>The name as written, for the check of its case.</summary>
    public string? WrittenStageName { get; init; }

    /// <summary><c>AS</c> as written.</summary>
    public string? As { get; init; }

    /// <summary>Variables count; null where the flag is absent.</summary>
    public string? Platform { get; init; }
}
