using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Orchestrator.Build.Execution;
using Orchestrator.Build.Planning;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Http;
using Orchestrator.Oci.Images;

namespace Orchestrator.EngineApi.Building;

/// <summary>What the query of <c>POST /build</c> asks for.</summary>
internal static class BuildQuery
{
    public static BuildInputs Inputs(HttpContext http) => new()
    {
        Target = http.Query("target"),
        Platform = OnePlatform(http.Query("platform")),
        BuildArgs = (Json(http, "buildargs", BuildQueryJson.Default.DictionaryStringString) ?? [])
            .ToImmutableDictionary(pair => pair.Key, string? (pair) => pair.Value, StringComparer.Ordinal),
        Labels = (Json(http, "labels", BuildQueryJson.Default.DictionaryStringString) ?? [])
            .ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal),
    };

    /// <exception cref="EngineException">There are several.</exception>
    /// <exception cref="FormatException">It is no platform.</exception>
    private static Platform? OnePlatform(string text)
    {
        if (text.Contains(',', StringComparison.Ordinal))
        {
            throw EngineException.Invalid(
                $"Multi-platform build is not supported: build for one of {text} at a time");
        }

        return text.Length > 0 ? Platform.Parse(text) : null;
    }

    public static StepLimits Limits(HttpContext http) => new()
    {
        MemoryBytes = Number(http, "memory"),
        MemorySwapBytes = Number(http, "memswap"),
        CpuShares = Number(http, "cpushares"),
        CpuPeriodMicroseconds = Number(http, "cpuperiod"),
        CpuQuotaMicroseconds = Number(http, "cpuquota"),
        CpusetCpus = http.Query("cpusetcpus"),
        CpusetMems = http.Query("cpusetmems"),
        ShmSizeBytes = Number(http, "shmsize"),
        CgroupParent = http.Query("cgroupparent"),
        ExtraHosts = Mentioned(http, "extrahosts"),
        SecurityOpt = Mentioned(http, "securityopt"),
        Ulimits =
        [
            .. Items(http.Query("ulimits"), "ulimits", BuildQueryJson.Default.UlimitArray)
                .Select(limit => new StepUlimit(limit.Name ?? "", limit.Soft, limit.Hard)),
        ],
    };

    /// <summary>Names for the image; one without a tag gets <c>latest</c>.</summary>
    public static ImmutableArray<string> Tags(HttpContext http)
    {
        ImmutableArray<string> tags = [.. http.Request.Query["t"].OfType<string>().Where(tag => tag.Length > 0)];
        foreach (var tag in tags)
            Reference.Parse(tag);
        return tags;
    }

    /// <summary>A name without a tag; empty where none is given.</summary>
    public static string Repository(HttpContext http, string name)
    {
        var text = http.Query(name);
        return text.Length == 0 || Reference.Parse(text) is { Tag: null, Digest: null } ? text
            : throw EngineException.Invalid($"{name} is \"{text}\": leave the tag out");
    }

    public static ImmutableArray<string> List(HttpContext http, string name) =>
        [.. Items(http.Query(name), name, BuildQueryJson.Default.StringArray)];

    public static Dictionary<string, string?> Map(HttpContext http, string name) =>
        Json(http, name, BuildQueryJson.Default.DictionaryStringString) ?? [];

    /// <summary>Clients send either one value a mention, or one list as JSON.</summary>
    private static ImmutableArray<string> Mentioned(HttpContext http, string name) =>
    [
        .. http.Request.Query[name].OfType<string>().SelectMany(value => value.StartsWith('[')
            ? Items(value, name, BuildQueryJson.Default.StringArray) : [value]),
    ];

    /// <summary>A list, which has no holes.</summary>
    private static T[] Items<T>(string text, string name, JsonTypeInfo<T[]> type)
        where T : class
    {
        var items = Json(text, name, type) ?? [];
        return items.Contains(null!) ? throw EngineException.Invalid($"error reading {name}: null in a list") : items;
    }

    private static T? Json<T>(HttpContext http, string name, JsonTypeInfo<T> type)
        where T : class => Json(http.Query(name), name, type);

    private static T? Json<T>(string text, string name, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return text.Length == 0 ? null : JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException e)
        {
            throw EngineException.Invalid($"error reading {name}: {e.Message}");
        }
    }

    public static long Number(HttpContext http, string name)
    {
        var text = http.Query(name);
        return text.Length == 0 ? 0
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
            : throw EngineException.Invalid($"invalid {name}: \"{text}\" is not a number");
    }
}

[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, Api.AuthConfig>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Api.Ulimit[]))]
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
internal sealed partial class BuildQueryJson : JsonSerializerContext;
