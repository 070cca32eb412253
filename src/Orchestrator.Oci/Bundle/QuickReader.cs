using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Orchestrator.Oci.Bundle;

/// <summary>Reads the config.json that engines write, token by token.</summary>
/// <remarks>The serializer prepares itself for every type there is before it reads the first: 4 ms of a program that
/// lives for 5. This reader knows what is usual, means exactly the same by it, and leaves to the serializer what is
/// not, as well as saying what is wrong with what is.</remarks>
internal static partial class QuickReader
{
    private delegate T Item<T>(ref Utf8JsonReader json);

    /// <returns>False: it holds something that only the serializer knows, or refuses.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RuntimeSpec? spec)
    {
        spec = null;
        if (bytes.Length > ConfigReader.LargestBytes || bytes.IndexOf("\\u0000"u8) >= 0)
            return false; // No part of it may hold a zero byte.
        var json = new Utf8JsonReader(bytes);
        try
        {
            json.Read();
            var read = Spec(ref json);
            if (json.Read())
                return false;
            spec = read;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static RuntimeSpec Spec(ref Utf8JsonReader json)
    {
        var spec = new RuntimeSpec();
        for (Begin(ref json); Next(ref json);)
        {
            spec = Name(ref json) switch
            {
                "ociVersion" => spec with { OciVersion = Text(ref json) },
                "root" => spec with { Root = Root(ref json) },
                "process" => spec with { Process = Process(ref json) },
                "hostname" => spec with { Hostname = Text(ref json) },
                "domainname" => spec with { Domainname = Text(ref json) },
                "mounts" => spec with { Mounts = Array(ref json, Mount) },
                "annotations" => spec with { Annotations = Map(ref json) },
                "linux" => spec with { Linux = Linux(ref json) },
                "hooks" => throw Unusual(),
                _ => Skip(ref json, spec),
            };
        }

        return spec;
    }

    private static RootSpec Root(ref Utf8JsonReader json)
    {
        var (path, isReadOnly) = ((string?)null, false);
        for (Begin(ref json); Next(ref json);)
        {
            switch (Name(ref json))
            {
                case "path":
                    path = Text(ref json);
                    break;
                case "readonly":
                    isReadOnly = Flag(ref json);
                    break;
                default:
                    Pass(ref json);
                    break;
            }
        }

        return new RootSpec(path ?? throw Unusual(), isReadOnly);
    }

    private static MountSpec Mount(ref Utf8JsonReader json)
    {
        var mount = new MountSpec { Destination = null! }; // Required: checked below.
        for (Begin(ref json); Next(ref json);)
        {
            mount = Name(ref json) switch
            {
                "destination" => mount with { Destination = Text(ref json) },
                "type" => mount with { Type = Text(ref json) },
                "source" => mount with { Source = Text(ref json) },
                "options" => mount with { Options = Texts(ref json) },
                "uidMappings" or "gidMappings" => throw Unusual(),
                _ => Skip(ref json, mount),
            };
        }

        return mount.Destination is null ? throw Unusual() : mount;
    }

    /// <summary>Moves into an object, past its opening brace.</summary>
    private static void Begin(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            throw Unusual(); // Also null, which is rare where it says something.
    }

    /// <returns>Whether another member follows.</returns>
    private static bool Next(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>The member's name; then its value is current.</summary>
    private static string Name(ref Utf8JsonReader json)
    {
        var name = json.GetString()!;
        json.Read();
        return name;
    }

    private static T Skip<T>(ref Utf8JsonReader json, T unchanged)
    {
        Pass(ref json);
        return unchanged;
    }

    /// <summary>What has an inside is left to the serializer, which looks through it.</summary>
    private static void Pass(ref Utf8JsonReader json)
    {
        if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            throw Unusual();
    }

    private static string Text(ref Utf8JsonReader json) => json.GetString() ?? throw Unusual();

    private static bool Flag(ref Utf8JsonReader json) => json.GetBoolean();

    private static long Number(ref Utf8JsonReader json) => json.GetInt64();

    private static uint Small(ref Utf8JsonReader json) => json.GetUInt32();

    private static string[] Texts(ref Utf8JsonReader json) => Array(ref json, Text);

    private static T[] Array<T>(ref Utf8JsonReader json, Item<T> item)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            throw Unusual();
        var items = new List<T>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            items.Add(item(ref json));
        return [.. items];
    }

    private static Dictionary<string, string> Map(ref Utf8JsonReader json)
    {
        var map = new Dictionary<string, string>();
        for (Begin(ref json); Next(ref json);)
        {
            var name = Name(ref json);
            map[name] = Text(ref json);
        }

        return map;
    }

    private static FormatException Unusual() => new();
}
