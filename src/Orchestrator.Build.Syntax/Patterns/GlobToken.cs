using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Build.Syntax.Patterns;

/// <summary>One element of a <see cref="PathGlob"/>.</summary>
internal readonly record struct GlobToken(GlobKind Kind, Rune Rune = default)
{
    /// <summary>Of a set: first and last character of each range.</summary>
    public ImmutableArray<(Rune First, Rune Last)> Ranges { get; init; } = [];

    public bool IsNegated { get; init; }

    public bool Repeats => Kind is GlobKind.Name or GlobKind.All;

    public bool MayBeEmpty => Repeats || Kind == GlobKind.Folders;

    public bool Matches(Rune rune) => Kind switch
    {
        GlobKind.Rune => rune == Rune,
        GlobKind.Any or GlobKind.Name => rune.Value != '/',
        GlobKind.Set => IsNegated != Ranges.Any(range => range.First <= rune && rune <= range.Last),
        _ => true,
    };
}
