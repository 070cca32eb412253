using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary>What RUN, CMD, ENTRYPOINT and a health check are given.</summary>
/// <param name="IsShell">
/// The words are one line for the stage's shell; otherwise they are a program and its arguments, from a JSON list.
/// </param>
/// <param name="Words">One word in shell form, none where nothing was written.</param>
public sealed record CommandLine(bool IsShell, ImmutableArray<string> Words)
{
    public bool IsEmpty => Words.IsEmpty;

    /// <summary>What is to be started: <paramref name="shell"/> and the line, or the words themselves.</summary>
    public ImmutableArray<string> Under(IEnumerable<string> shell) =>
        IsShell && !IsEmpty ? [.. shell, .. Words] : Words;

    public bool Equals(CommandLine? other) =>
        other is not null && IsShell == other.IsShell && Words.SequenceEqual(other.Words);

    public override int GetHashCode() => HashCode.Combine(IsShell, Words.Length, Words.FirstOrDefault());
}
