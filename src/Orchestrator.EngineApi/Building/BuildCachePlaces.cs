using System.Collections.Immutable;
using Orchestrator.Engine;
using Orchestrator.Oci.Images;

namespace Orchestrator.EngineApi.Building;

/// <summary>Reads <c>--cache-from</c> and <c>--cache-to</c>: a name, or <c>type=registry,ref=NAME</c>. Pure.</summary>
internal static class BuildCachePlaces
{
    public static ImmutableArray<string> From(IEnumerable<string> places) =>
        [.. places.Select(place => Read(place, "--cache-from")).OfType<string>()];

    public static ImmutableArray<string> To(IEnumerable<string> places) =>
        [.. places.Select(place => Read(place, "--cache-to")).OfType<string>()];

    /// <returns>Null: <c>type=inline</c>, which every image of ours is: its history is its cache.</returns>
    private static string? Read(string place, string flag)
    {
        if (!place.Contains('='))
            return Checked(place);
        var fields = place.Split(',').Select(field => field.Split('=', 2)).ToDictionary(
            field => field[0].Trim(), field => field.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);
        if (fields.GetValueOrDefault("mode") is "max")
            throw EngineException.Invalid($"{flag} {place}: mode=max is not supported: drop it, the target's steps are cached");
        return fields.GetValueOrDefault("type") switch
        {
            "inline" => null,
            "registry" when fields.GetValueOrDefault("ref") is { Length: > 0 } name => Checked(name),
            "registry" => throw EngineException.Invalid($"{flag} {place}: name the image with ref="),
            _ => throw EngineException.Invalid($"{flag} {place}: use type=registry or type=inline"),
        };
    }

    private static string Checked(string name) => Reference.Parse(name).WithDefaultTag().ToString();
}
