using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>Single fields between docker's bodies and the model. Pure.</summary>
internal static class SpecFields
{
    private const long NanosecondsPerTick = 100;

    public static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / NanosecondsPerTick);

    public static TimeSpan Time(long? nanoseconds, TimeSpan otherwise) => nanoseconds is { } ns ? Time(ns) : otherwise;

    public static long Nanoseconds(TimeSpan time) => time.Ticks * NanosecondsPerTick;

    public static ImmutableArray<string> List(string[]? items) => items is null ? [] : [.. items];

    /// <summary>Null when empty, as omitempty has it.</summary>
    public static string[]? OrNull(ImmutableArray<string> items) => items.IsDefaultOrEmpty ? null : [.. items];

    public static ImmutableSortedDictionary<string, string> Map(Dictionary<string, string>? map) =>
        (map ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal);

    public static Dictionary<string, string> Map(ImmutableSortedDictionary<string, string> map) =>
        new(map, StringComparer.Ordinal);

    public static Dictionary<string, string>? MapOrNull(ImmutableSortedDictionary<string, string> map) =>
        map.IsEmpty ? null : Map(map);

    public static string? OrNull(string text) => text.Length == 0 ? null : text;

    public static long? OrNull(long number) => number == 0 ? null : number;

    /// <summary>One of docker's words as a value of the model.</summary>
    /// <exception cref="UserException">The word is not among them.</exception>
    public static T Word<T>(string? word, string what, T otherwise, params ReadOnlySpan<(string Word, T Value)> words)
    {
        if (string.IsNullOrEmpty(word)) return otherwise;
        foreach (var (known, value) in words)
            if (string.Equals(known, word, StringComparison.OrdinalIgnoreCase)) return value;
        throw Invalid(
            $"invalid {what}: \"{word}\".",
            $"Use one of {string.Join(", ", words.ToArray().Select(static w => w.Word))}.");
    }

    public static UserException Invalid(string what, string remedy = "") =>
        new(ErrorCode.InvalidArgument, what, remedy);

    /// <summary>
    /// What is asked for and cannot be had is refused: to leave it out in silence would run something else.
    /// </summary>
    public static void Refuse(bool present, string what)
    {
        if (present) throw new UserException(
            ErrorCode.Unsupported, $"{what} is not supported for services yet.", "Leave it out.");
    }
}
