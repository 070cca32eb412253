using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Images;

/// <summary>
/// The name of content: <c>sha256:</c> and 64 lower-case hex digits, or <c>sha512:</c> and 128. The default value
/// names nothing.
/// </summary>
/// <remarks>Source: OCI image-spec 1.1, descriptor.md, which registers these two.</remarks>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly record struct Digest : IComparable<Digest>
{
    /// <summary>Both algorithms, as folders of a content store and of an OCI layout are called.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = ["sha256", "sha512"];

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private Digest(string hex) => this.hex = hex;

    private readonly string? hex;

    /// <summary>The hex digits alone, as in a file name: their number tells the algorithm.</summary>
    public string Hex => hex ?? throw new InvalidOperationException("The default digest names nothing.");

    public string Algorithm => IsSha512 ? "sha512" : "sha256";

    public bool IsSha512 => hex?.Length == SHA512.HashSizeInBytes * 2;

    /// <summary>Whether this is the default value, which names nothing.</summary>
    public bool IsEmpty => hex is null;

    /// <summary>The first twelve hex digits, as docker prints them.</summary>
    public string ShortHex => Hex[..12];

    public static Digest Of(ReadOnlySpan<byte> content) => OfHash(SHA256.HashData(content));

    public static Digest Of(ReadOnlySpan<byte> content, bool sha512) =>
        sha512 ? OfHash(SHA512.HashData(content)) : Of(content);

    /// <summary>The digest of other content by the same algorithm as this.</summary>
    public Digest OfSameKind(ReadOnlySpan<byte> content) => Of(content, IsSha512);

    /// <summary>Wraps the 32 bytes that SHA-256 returned, or SHA-512's 64.</summary>
    public static Digest OfHash(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != SHA512.HashSizeInBytes)
            ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, SHA256.HashSizeInBytes);
        return new Digest(Convert.ToHexStringLower(hash));
    }

    /// <exception cref="FormatException">Not such a digest; the message quotes the text.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException(
            $"invalid digest \"{Quoting.Shorten(text)}\": write sha256: and 64 lower-case hex digits");

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        return text is not null
            && TryParseHex(text.AsSpan(Math.Min(7, text.Length)).ToString(), out digest)
            && text.StartsWith(digest.IsSha512 ? "sha512:" : "sha256:", StringComparison.Ordinal);
    }

    /// <summary>Reads the hex digits without the algorithm, as a file name has them.</summary>
    public static bool TryParseHex([NotNullWhen(true)] string? text, out Digest digest)
    {
        var valid = text is { Length: SHA256.HashSizeInBytes * 2 or SHA512.HashSizeInBytes * 2 }
            && !text.AsSpan().ContainsAnyExcept(HexDigits);
        digest = valid ? new Digest(text!) : default;
        return valid;
    }

    public int CompareTo(Digest other) => string.CompareOrdinal(hex, other.hex);

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    public override string ToString() => hex is null ? "" : $"{Algorithm}:{hex}";
}
