using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Images;

/// <summary>
/// The name of content: <c>sha256:</c> and 64 lower-case hex digits. The default value names nothing.
/// </summary>
/// <remarks>
/// Source: OCI image-spec 1.1, descriptor.md. Other algorithms are registered there; nobody serves them.
/// </remarks>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly record struct Digest : IComparable<Digest>
{
    public const string Algorithm = "sha256";

    private const int HexLength = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private Digest(string hex) => this.hex = hex;

    private readonly string? hex;

    /// <summary>The 64 hex digits alone, as in a file name.</summary>
    public string Hex => hex ?? throw new InvalidOperationException("The default digest names nothing.");

    /// <summary>Whether this is the default value, which names nothing.</summary>
    public bool IsEmpty => hex is null;

    /// <summary>The first twelve hex digits, as docker prints them.</summary>
    public string ShortHex => Hex[..12];

    public static Digest Of(ReadOnlySpan<byte> content) => OfHash(SHA256.HashData(content));

    /// <summary>Wraps the 32 bytes that SHA-256 returned.</summary>
    public static Digest OfHash(ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, SHA256.HashSizeInBytes);
        return new Digest(Convert.ToHexStringLower(hash));
    }

    /// <exception cref="FormatException">Not a SHA-256 digest; the message quotes the text.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException(
            $"invalid digest \"{Quoting.Shorten(text)}\": write sha256: and 64 lower-case hex digits");

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        return text is not null
            && text.StartsWith("sha256:", StringComparison.Ordinal)
            && TryParseHex(text[7..], out digest);
    }

    /// <summary>Reads the 64 hex digits without the algorithm, as a file name has them.</summary>
    public static bool TryParseHex([NotNullWhen(true)] string? text, out Digest digest)
    {
        var valid = text is { Length: HexLength } && !text.AsSpan().ContainsAnyExcept(HexDigits);
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
