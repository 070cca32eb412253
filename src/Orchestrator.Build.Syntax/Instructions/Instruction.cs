using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary>One line of a Dockerfile, with its flags parsed and its words as written.</summary>
public abstract record Instruction
{
    /// <summary>The instruction's name as written; see <see cref="Name"/>.</summary>
    public required string Keyword { get; init; }

    /// <summary>The instruction's name in upper case.</summary>
    public string Name => Keyword.ToUpperInvariant();

    /// <summary>
    /// The whole line as docker shows it in <c>Step 1/2 : …</c>: continuations joined, comments inside them gone,
    /// bodies of heredocs left out.
    /// </summary>
    public required string Original { get; init; }

    /// <summary>Where the instruction's name stands.</summary>
    public required Position Position { get; init; }

    /// <summary>The last line it takes up, with continuations and heredocs.</summary>
    public required int EndLine { get; init; }

    /// <summary>Those the line opens, in order; only in RUN, COPY, ADD, and ONBUILD of those.</summary>
    public ImmutableArray<Heredoc> Heredocs { get; init; } = [];

    /// <summary>The comment lines right above, without <c># </c>.</summary>
    public ImmutableArray<string> Comments { get; init; } = [];
}
