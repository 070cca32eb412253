using System.Text;
using System.Text.Json;

namespace Orchestrator.Cli.Output.Templates;

/// <summary><c>len</c>, <c>index</c> and <c>slice</c>; text is counted in bytes.</summary>
internal static class ListFunctions
{
    public static object Length(object? value)
    {
        if (value is string text) return (long)Encoding.UTF8.GetByteCount(text);
        if (value is null || value == TypedJson.Nil) throw new TemplateFault("len of nil pointer");
        return TemplateValues.IsList(value) || TemplateValues.IsMap(value) ? (long)TemplateValues.Items(value).Count()
            : throw new TemplateFault($"len of type {GoType.Of(value)}");
    }

    public static object? Index(List<object?> arguments)
    {
        var value = arguments[0];
        if (value is null) throw new TemplateFault("index of untyped nil");
        foreach (var key in arguments.Skip(1)) value = At(value, key);
        return value;
    }

    public static object? Slice(List<object?> arguments)
    {
        if (arguments[0] is null) throw new TemplateFault("slice of untyped nil");
        if (arguments[0] is string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return Encoding.UTF8.GetString(bytes[Bounds(arguments, bytes.Length)]);
        }
        if (!TemplateValues.IsList(arguments[0]))
            throw new TemplateFault($"can't slice item of type {GoType.Of(arguments[0])}");
        object?[] items = [.. TemplateValues.Items(arguments[0]).Select(static i => i.Item)];
        return items[Bounds(arguments, items.Length)].ToList();
    }

    public static TemplateFault OutOfRange(long position) => new($"index out of range: {position}");

    private static Range Bounds(List<object?> arguments, int length)
    {
        if (arguments.Count > 4) throw new TemplateFault($"too many slice indexes: {arguments.Count - 1}");
        if (arguments.Count > 3 && arguments[0] is string) throw new TemplateFault("cannot 3-index slice a string");
        var from = arguments.Count > 1 ? Position(arguments[1], length + 1) : 0;
        var to = arguments.Count > 2 ? Position(arguments[2], length + 1) : length;
        return from <= to ? from..to : throw new TemplateFault($"invalid slice index: {from} > {to}");
    }

    private static int Position(object? value, int end)
    {
        if (value is not long position)
            throw new TemplateFault(value is null
                ? "cannot index slice/array with nil" : $"cannot index slice/array with type {GoType.Of(value)}");
        return position >= 0 && position < end ? (int)position : throw OutOfRange(position);
    }

    private static object? At(object? value, object? key)
    {
        if (value is null || value == TypedJson.Nil) throw new TemplateFault("index of nil pointer");
        if (TemplateValues.IsMap(value)) return AtKey(value, key);
        if (value is string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return (long)bytes[Position(key, bytes.Length)];
        }
        if (!TemplateValues.IsList(value)) throw new TemplateFault($"can't index item of type {GoType.Of(value)}");
        var items = TemplateValues.Items(value).ToList();
        return items[Position(key, items.Count)].Item;
    }

    private static object? AtKey(object value, object? key)
    {
        if (key is not (string or null))
            throw new TemplateFault($"value has type {GoType.Of(key)}; should be string");
        var name = (string?)key ?? "";
        if (value is TypedJson map) return map.TryField(name, out var found) ? found : map.Missing();
        return ((JsonElement)value).TryGetProperty(name, out var item) ? TemplateValues.Simplify(item) : null;
    }
}
