using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Images;

/// <summary>What an image runs on, in Go's words: <c>linux/amd64</c>, <c>linux/arm/v7</c>.</summary>
public sealed record Platform
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = "";

    [JsonPropertyName("os")]
    public string Os { get; init; } = "";

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("os.features")]
    public string[]? OsFeatures { get; init; }

    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    /// <summary>The platform of this process.</summary>
    public static Platform Host { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => new() { Os = "linux", Architecture = "amd64" },
        System.Runtime.InteropServices.Architecture.Arm64 => new() { Os = "linux", Architecture = "arm64" },
        var other => new() { Os = "linux", Architecture = other.ToString().ToLowerInvariant() },
    };

    /// <summary>Reads <c>os/arch[/variant]</c>, or an architecture alone for Linux.</summary>
    /// <exception cref="FormatException">Not of that shape.</exception>
    public static Platform Parse(string text)
    {
        var parts = text.ToLowerInvariant().Split('/');
        if (parts.Length > 3 || parts.Any(p => p.Length == 0 || p.AsSpan().ContainsAnyExcept(Allowed)))
        {
            throw new FormatException(
                $"\"{Quoting.Shorten(text)}\" is an invalid platform: write os/architecture, as in linux/amd64");
        }

        var platform = parts.Length == 1
            ? new Platform { Os = "linux", Architecture = parts[0] }
            : new Platform { Os = parts[0], Architecture = parts[1], Variant = parts.ElementAtOrDefault(2) };
        return platform.Normalised();
    }

    /// <summary>Whether an image for <paramref name="image"/> runs where this platform is asked for.</summary>
    /// <remarks>An unset variant on either side matches: amd64 and arm64 images rarely name one.</remarks>
    public bool Accepts(Platform image)
    {
        var (wanted, found) = (Normalised(), image.Normalised());
        return wanted.Os == found.Os
            && wanted.Architecture == found.Architecture
            && (wanted.Variant is null || found.Variant is null || wanted.Variant == found.Variant);
    }

    public override string ToString() =>
        string.IsNullOrEmpty(Variant) ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");

    private Platform Normalised() => this with
    {
        Architecture = Architecture switch
        {
            "x86_64" or "x86-64" => "amd64",
            "aarch64" => "arm64",
            "i386" or "i686" => "386",
            "armhf" => "arm",
            var other => other,
        },
        Variant = (Architecture, Variant) switch
        {
            (_, "") => null,
            ("arm64" or "aarch64", "v8" or "8") => null,
            ("amd64" or "x86_64", "v1") => null,
            ("armhf", null) => "v7",
            _ => Variant,
        },
    };
}
