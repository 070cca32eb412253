using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary>An instruction as it stands in the file.</summary>
/// <param name="Keyword">Its name as written.</param>
/// <param name="Original">
/// The whole line as docker shows it in <c>Step 1/2 : …</c>: continuations joined, comments inside them gone, bodies
/// of heredocs left out.
/// </param>
/// <param name="Position">Where its name stands.</param>
/// <param name="EndLine">The last line it takes up, with continuations and heredocs.</param>
/// <param name="Heredocs">Those it opens, in order; only RUN, COPY, ADD, and ONBUILD of those.</param>
/// <param name="Comments">The comment lines right above, without <c># </c>.</param>
public sealed record InstructionSource(
    string Keyword, string Original, Position Position, int EndLine,
    ImmutableArray<Heredoc> Heredocs, ImmutableArray<string> Comments);
