using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Build.Syntax.Patterns;

/// <summary>The patterns of a <c>.dockerignore</c>, or of <c>--exclude</c> flags.</summary>
/// <remarks>Paths are relative to the context, with slashes and without one in front. Pure.</remarks>
public sealed class IgnoreFile
{
    private readonly ImmutableArray<IgnorePattern> patterns;

    private IgnoreFile(ImmutableArray<IgnorePattern> patterns) => this.patterns = patterns;

    public static IgnoreFile Empty { get; } = new([]);

    public bool IsEmpty => patterns.IsEmpty;

    /// <summary>Whether some line takes in again what others leave out.</summary>
    public bool HasExceptions => patterns.Any(pattern => pattern.IsException);

    /// <summary>Whether a line leaves out all there is at the top.</summary>
    public bool ExcludesRoot => patterns.Any(pattern => !pattern.IsException && pattern.Text is "*" or "**" or "**/*");

    /// <param name="content">UTF-8; <c>#</c> in the first column begins a comment.</param>
    /// <exception cref="FormatException">A pattern that is none, with its line.</exception>
    public static IgnoreFile Parse(ReadOnlySpan<byte> content) => Parse(Encoding.UTF8.GetString(content));

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static IgnoreFile Parse(string content)
    {
        var patterns = ImmutableArray.CreateBuilder<IgnorePattern>();
        var number = 0;
        foreach (var line in content.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            if (line.StartsWith('#') || string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                patterns.Add(IgnorePattern.Of(line.Trim()));
            }
            catch (FormatException fault)
            {
                throw new FormatException($"line {number}: {fault.Message}");
            }
        }
        return new IgnoreFile(patterns.ToImmutable());
    }

    /// <exception cref="FormatException">A pattern that is none.</exception>
    public static IgnoreFile Of(IEnumerable<string> patterns) =>
        new([.. patterns.Where(pattern => !string.IsNullOrWhiteSpace(pattern))
            .Select(pattern => IgnorePattern.Of(pattern.Trim()))]);

    /// <summary>Whether the last line that matches the path, or a folder it is in, leaves it out.</summary>
    public bool Excludes(string path)
    {
        var isExcluded = false;
        foreach (var pattern in patterns)
            if (pattern.IsException == isExcluded && pattern.Matches(path)) isExcluded = !pattern.IsException;
        return isExcluded;
    }

    /// <summary>Whether nothing below an excluded folder can be taken in again, so nobody need look.</summary>
    public bool ExcludesAllBelow(string folder) => Excludes(folder) && !patterns.Any(
        pattern => pattern.IsException && MayReach(pattern.Glob.LiteralPrefix, folder + "/"));

    private static bool MayReach(string prefix, string folder) =>
        prefix.StartsWith(folder, StringComparison.Ordinal) || folder.StartsWith(prefix, StringComparison.Ordinal);
}
