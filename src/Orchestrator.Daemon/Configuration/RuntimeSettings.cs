using System.Text.Json;
using Orchestrator.Daemon.Startup;
using Orchestrator.Engine.Containers;

namespace Orchestrator.Daemon.Configuration;

/// <summary>Other OCI runtimes, as <c>--add-runtime name=path</c> and as daemon.json's <c>runtimes</c>.</summary>
internal static class RuntimeSettings
{
    /// <exception cref="StartupException">No name or path, a reserved name, or a runtime that is not a program.</exception>
    public static IReadOnlyDictionary<string, OciRuntime> Parse(IReadOnlyList<string> values)
    {
        var all = new Dictionary<string, OciRuntime>();
        foreach (var value in values)
        {
            var equals = value.IndexOf('=');
            if (equals < 1 || equals == value.Length - 1)
                throw new StartupException($"add-runtime is \"{value}\"; write name=path");
            var (name, text) = (value[..equals], value[(equals + 1)..]);
            if (name == OciRuntime.Own)
                throw new StartupException($"runtime name '{name}' is reserved: it is orchd's own; choose another");
            all[name] = text[0] == '{' ? Read(name, text) : new OciRuntime(text, []);
        }

        return all;
    }

    private static OciRuntime Read(string name, string json)
    {
        using var document = JsonDocument.Parse(json);
        var path = "";
        string[] arguments = [];
        foreach (var field in document.RootElement.EnumerateObject())
        {
            switch (field.Name)
            {
                case "path" when field.Value.ValueKind == JsonValueKind.String:
                    path = field.Value.GetString()!;
                    break;
                case "runtimeArgs" when IsListOfText(field.Value):
                    arguments = [.. field.Value.EnumerateArray().Select(one => one.GetString()!)];
                    break;
                default:
                    throw new StartupException(
                        $"runtimes.{name}.{field.Name} cannot be used; give path, a string, and runtimeArgs, an array of "
                        + "strings (shims of containerd, runtimeType, are not supported)");
            }
        }

        return path.Length > 0 ? new OciRuntime(path, arguments)
            : throw new StartupException($"runtimes.{name} has no path; give that of the runtime's program");
    }

    private static bool IsListOfText(JsonElement value) => value.ValueKind == JsonValueKind.Array
        && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String);
}
