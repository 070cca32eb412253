using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Orchestrator.Engine;

namespace Orchestrator.EngineApi.Http;

/// <summary>The JSON that a client sends, whatever it sends.</summary>
internal static class JsonBody
{
    private const int LargestBody = 4 << 20, FirstBuffer = 4 << 10;

    /// <returns>The whole body; empty when there is none.</returns>
    /// <exception cref="EngineException">It is too large. The rest is not read.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength > LargestBody)
            throw TooLarge();
        using var buffer = new MemoryStream(FirstBuffer);
        var chunk = new byte[FirstBuffer];
        while (await http.Request.Body.ReadAsync(chunk, http.RequestAborted) is > 0 and var count)
        {
            if (buffer.Length + count > LargestBody)
                throw TooLarge();
            buffer.Write(chunk, 0, count);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    /// <returns>Null for the word null.</returns>
    /// <exception cref="EngineException">It is not JSON, or not of that shape.</exception>
    public static T? Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            RefuseHoles(body);
            return (T?)JsonSerializer.Deserialize(body, GoZero.Options.GetTypeInfo(type.Type));
        }
        catch (JsonException e)
        {
            throw EngineException.Invalid($"invalid JSON: {Reason(e)}");
        }
    }

    /// <summary>Lists of ours have no holes.</summary>
    private static void RefuseHoles(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var within = new Stack<bool>();
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                within.Push(reader.TokenType == JsonTokenType.StartArray);
            else if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                within.Pop();
            else if (reader.TokenType == JsonTokenType.Null && within.TryPeek(out var isList) && isList)
                throw new JsonException($"null in a list, at byte {reader.TokenStartIndex}");
        }
    }

    /// <summary>Without the names of our own types.</summary>
    private static string Reason(JsonException e)
    {
        if (e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
            return $"{e.Path} has a value of the wrong type";
        var end = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        return end < 0 ? e.Message
            : $"{e.Message[..end]} ({e.Path}, byte {e.BytePositionInLine} of line {e.LineNumber + 1})";
    }

    private static EngineException TooLarge() =>
        EngineException.Invalid($"request body is larger than {LargestBody >> 20} MiB");
}
