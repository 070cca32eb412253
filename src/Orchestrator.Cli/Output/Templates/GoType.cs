using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>What Go calls the type of a value; structures have the names that they have here.</summary>
internal static class GoType
{
    public static string Of(object? value) => value switch
    {
        null => "<nil>",
        string => "string",
        bool => "bool",
        long => "int",
        double => "float64",
        IReadOnlyList<object?> => "[]string",
        TypedJson typed => Of(typed.Type),
        JsonElement { ValueKind: JsonValueKind.Array } => "[]interface {}",
        JsonElement => "map[string]interface {}",
        _ => value.GetType().Name,
    };

    private static string Of(JsonTypeInfo type)
    {
        var element = type.ElementType is { } inner && type.Options.TryGetTypeInfo(inner, out var info)
            ? Of(info) : "string";
        return type.Kind switch
        {
            JsonTypeInfoKind.Enumerable => "[]" + element,
            JsonTypeInfoKind.Dictionary => "map[string]" + element,
            JsonTypeInfoKind.Object => type.Type.Name,
            _ when type.Type == typeof(string) => "string",
            _ when type.Type == typeof(bool) => "bool",
            _ => "int64",
        };
    }
}
