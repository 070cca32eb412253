using System.Collections.Immutable;
using Orchestrator.Build.Cache;
using Orchestrator.Engine;
using Orchestrator.Oci.Images;

namespace Orchestrator.EngineApi.Building;

/// <summary>Reads <c>cachefrom</c> and <c>cacheto</c>: a name, or <c>type=registry,ref=NAME</c>. Pure.</summary>
/// <remarks>Folders are the client's: it loads and saves them by itself.</remarks>
internal static class BuildCachePlaces
{
    public static ImmutableArray<CacheSource> From(IEnumerable<string> places) =>
    [
        .. places.Select(place => Read(place, "--cache-from")).OfType<Dictionary<string, string>>()
            .Select(fields => new CacheSource(fields["ref"], AsksRegistry: fields.ContainsKey("type"))),
    ];

    public static ImmutableArray<CacheTarget> To(IEnumerable<string> places) =>
    [
        .. places.Select(place => Read(place, "--cache-to")).OfType<Dictionary<string, string>>()
            .Select(fields => new CacheTarget(
                fields["ref"], fields.GetValueOrDefault("mode") == "max",
                fields.GetValueOrDefault("ignore-error") is "true" or "1")),
    ];

    /// <returns>Null: <c>type=inline</c>, which every image of ours is: its history is its cache.</returns>
    private static Dictionary<string, string>? Read(string place, string flag)
    {
        if (!place.Contains('='))
            return new(StringComparer.Ordinal) { ["ref"] = Checked(place) };
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in place.Split(',').Select(field => field.Split('=', 2)))
            fields[field[0].Trim()] = field.ElementAtOrDefault(1) ?? "";
        if (fields.GetValueOrDefault("mode") is not (null or "min" or "max"))
            throw EngineException.Invalid($"{flag} {place}: mode is min or max");
        switch (fields.GetValueOrDefault("type"))
        {
            case "inline":
                return null;
            case "registry" when fields.GetValueOrDefault("ref") is { Length: > 0 } name:
                fields["ref"] = Checked(name);
                return fields;
            case "registry":
                throw EngineException.Invalid($"{flag} {place}: name the image with ref=");
            default:
                throw EngineException.Invalid($"{flag} {place}: the daemon knows type=registry and type=inline");
        }
    }

    private static string Checked(string name) => Reference.Parse(name).WithDefaultTag().ToString();
}
