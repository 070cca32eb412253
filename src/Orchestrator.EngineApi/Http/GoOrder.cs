using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.EngineApi.Http;

/// <summary>Writes maps in the order of their keys, as Go does: answers are the same each time, and so compared.</summary>
internal static class GoOrder
{
    private static readonly JsonSerializerOptions Options = new(Api.ApiJson.Wire.Options)
    {
        TypeInfoResolver = Api.ApiJson.Wire.WithAddedModifier(SortMaps),
    };

    /// <summary>How a body of the API is written whose maps are the properties of something.</summary>
    public static JsonTypeInfo<T> Of<T>(JsonTypeInfo<T> type) => (JsonTypeInfo<T>)Options.GetTypeInfo(type.Type);

    private static void SortMaps(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.Get is { } get && typeof(IDictionary).IsAssignableFrom(property.PropertyType))
                property.Get = target => Sorted((IDictionary?)get(target), property);
        }
    }

    /// <remarks>A copy of the same type, as the property's converter wants it. A dictionary that nothing was ever taken
    /// from tells its entries in the order they came.</remarks>
    private static IDictionary? Sorted(IDictionary? map, JsonPropertyInfo property)
    {
        if (map is null or { Count: < 2 })
            return map;
        var sorted = (IDictionary)property.Options.GetTypeInfo(property.PropertyType).CreateObject!();
        foreach (var key in map.Keys.Cast<string>().Order(StringComparer.Ordinal))
            sorted.Add(key, map[key]);
        return sorted;
    }
}
