using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>The grammar of <c>--gpus</c>: <c>all</c>, <c>2</c>, <c>device=0</c>, <c>driver=x,capabilities=utility</c>.
/// </summary>
internal static class GpuSpec
{
    private const int All = -1;

    /// <exception cref="FormatException">An unknown key, or a count that is none.</exception>
    public static DeviceRequest Parse(string text)
    {
        var request = new DeviceRequest();
        var capabilities = new List<string> { "gpu" };
        foreach (var (key, value) in CsvFields.Parse(text))
            Set(request, capabilities, value is null ? "count" : key, value ?? key);
        request.Capabilities = [[.. capabilities]];
        if (request is { Count: 0, DeviceIDs: null }) request.Count = 1;
        return request;
    }

    private static void Set(DeviceRequest request, List<string> capabilities, string key, string value)
    {
        switch (key)
        {
            case "count": request.Count = value == "all" ? All : Number(value); break;
            case "driver": request.Driver = value; break;
            case "device": request.DeviceIDs = value.Split(','); break;
            case "capabilities": capabilities.AddRange(value.Split(',')); break;
            case "options": request.Options = KeyValues.ToMap(value.Split(',')); break;
            default: throw new FormatException($"unexpected key '{key}' in '{key}={value}'");
        }
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count : throw new FormatException($"invalid count ({text}): value must be either \"all\" or an integer");
}
