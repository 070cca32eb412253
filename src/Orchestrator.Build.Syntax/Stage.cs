using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary>One <c>FROM</c> and what follows it up to the next.</summary>
/// <param name="Index">Place in the file, from 0; another name for the stage.</param>
public sealed record Stage(int Index, FromInstruction From, ImmutableArray<Instruction> Instructions)
{
    /// <summary>The name after <c>AS</c>, in lower case; null where there is none.</summary>
    public string? Name => From.StageName;

    public Position Position => From.Position;

    /// <summary>Whether <c>--target</c> or <c>--from</c> means this stage: by name, in any case, or by index.</summary>
    public bool IsCalled(string name) =>
        string.Equals(Name, name, StringComparison.OrdinalIgnoreCase) ||
        name == Index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
