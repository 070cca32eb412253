using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Oci.Images;

/// <summary>The name of an image: registry, repository, and a tag, a digest, both or neither.</summary>
/// <remarks>
/// Docker's normalisation: <c>web</c> is <c>docker.io/library/web</c>, and what stands before the first slash is a
/// registry only if it has a dot, a colon or an upper-case letter, or is <c>localhost</c>.
/// Source: github.com/distribution/reference, package documentation (the grammar).
/// </remarks>
public sealed record Reference
{
    public const string DefaultDomain = "docker.io";
    public const string DefaultTag = "latest";

    private Reference(string domain, string path) => (Domain, Path) = (domain, path);

    /// <summary>Host and optional port of the registry.</summary>
    public string Domain { get; }

    /// <summary>The repository inside the registry.</summary>
    public string Path { get; }

    public string? Tag { get; private init; }

    public Digest? Digest { get; private init; }

    /// <summary>Whether the text named no registry, so that docker.io is only an assumption.</summary>
    public bool IsUnqualified { get; private init; }

    /// <summary>Registry and repository, without tag and digest.</summary>
    public string Name => $"{Domain}/{Path}";

    /// <summary><see cref="Name"/> as people write it: without <c>docker.io/</c> and <c>library/</c>.</summary>
    /// <remarks><c>docker.io/x.y/web</c> stays whole, unlike docker's: <c>x.y/web</c> is of registry x.y.</remarks>
    public string FamiliarName => Domain != DefaultDomain || ReferenceGrammar.BeginsWithDomain(Path) ? Name
        : Path.StartsWith("library/", StringComparison.Ordinal) && Path.IndexOf('/', 8) < 0 ? Path[8..] : Path;

    /// <summary>The whole as people write it.</summary>
    public string Familiar => FamiliarName + Suffix;

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    /// <exception cref="FormatException">Docker's words for what is wrong with it.</exception>
    public static Reference Parse(string text) =>
        Read(text, out var error) ?? throw new FormatException(error);

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Reference? reference) =>
        (reference = text is null ? null : Read(text, out _)) is not null;

    /// <summary>This reference, with <c>latest</c> where it has neither tag nor digest.</summary>
    public Reference WithDefaultTag() => Tag is null && Digest is null ? this with { Tag = DefaultTag } : this;

    /// <exception cref="FormatException">Not a tag.</exception>
    public Reference WithTag(string tag) =>
        ReferenceGrammar.IsTag(tag) ? this with { Tag = tag, Digest = null }
            : throw new FormatException($"invalid tag \"{Quoting.Shorten(tag)}\"");

    public Reference WithDigest(Digest digest) => this with { Tag = null, Digest = digest };

    /// <summary>The same repository path, tag and digest at another registry.</summary>
    public Reference AtDomain(string domain, string path) =>
        new(domain, path) { Tag = Tag, Digest = Digest };

    public bool Equals(Reference? other) =>
        other is not null && Domain == other.Domain && Path == other.Path && Tag == other.Tag && Digest == other.Digest;

    public override int GetHashCode() => HashCode.Combine(Domain, Path, Tag, Digest);

    public override string ToString() => Name + Suffix;

    private static Reference? Read(string text, out string error)
    {
        error = "invalid reference format";
        if (Images.Digest.TryParseHex(text, out _))
        {
            error = $"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings";
            return null;
        }

        var rest = text;
        Digest? digest = null;
        if (rest.IndexOf('@') is >= 0 and var at)
        {
            if (!Images.Digest.TryParse(rest[(at + 1)..], out var parsed))
                return null;
            (digest, rest) = (parsed, rest[..at]);
        }

        string? tag = null;
        if (rest.LastIndexOf(':') is >= 0 and var colon && rest.IndexOf('/', colon) < 0)
        {
            (tag, rest) = (rest[(colon + 1)..], rest[..colon]);
            if (!ReferenceGrammar.IsTag(tag))
                return null;
        }

        return ReferenceGrammar.Split(rest, out var unqualified, ref error) is var (domain, path)
            ? new Reference(domain, path) { Tag = tag, Digest = digest, IsUnqualified = unqualified }
            : null;
    }
}
