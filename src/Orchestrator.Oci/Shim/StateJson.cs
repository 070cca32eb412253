using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Oci.Shim;

/// <summary>state.json, written and read without the serializer, which takes a millisecond to get ready: every command
/// reads it. What is not as usual is left to the serializer.</summary>
internal static class StateJson
{
    public static byte[] Write(ContainerState state)
    {
        if (state.Exit is not null)
            return JsonSerializer.SerializeToUtf8Bytes(state, ShimJson.Default.ContainerState);
        return Encoding.UTF8.GetBytes(Text(state));
    }

    public static ContainerState? Read(ReadOnlySpan<byte> bytes) =>
        TryRead(bytes, out var state) ? state : JsonSerializer.Deserialize(bytes, ShimJson.Default.ContainerState);

    internal static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ContainerState? state)
    {
        state = null;
        var json = new Utf8JsonReader(bytes);
        var read = new ContainerState { Id = "", Status = ContainerStatus.Stopped };
        var (hasId, hasStatus) = (false, false);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString();
                json.Read();
                (hasId, hasStatus) = (hasId || name == "id", hasStatus || name == "status");
                if (json.TokenType == JsonTokenType.Null || With(ref json, name, read) is not { } next)
                    return false;
                read = next;
            }

            state = hasId && hasStatus && !json.Read() ? read : null;
            return state is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static ContainerState? With(ref Utf8JsonReader json, string? name, ContainerState state) => name switch
    {
        "id" => state with { Id = json.GetString()! },
        "status" => Status(json.GetString()) is { } status ? state with { Status = status } : null,
        "pid" => state with { Pid = json.GetInt32() },
        "pidStartTicks" => state with { PidStartTicks = json.GetUInt64() },
        "shimPid" => state with { ShimPid = json.GetInt32() },
        "shimStartTicks" => state with { ShimStartTicks = json.GetUInt64() },
        "bootId" => state with { BootId = json.GetString()! },
        "bundle" => state with { Bundle = json.GetString()! },
        "cgroupsPath" => state with { CgroupsPath = json.GetString() },
        "createdAt" => state with { CreatedAt = json.GetDateTimeOffset() },
        "startedAt" => state with { StartedAt = json.GetDateTimeOffset() },
        _ => null,
    };

    private static ContainerStatus? Status(string? name) => name switch
    {
        nameof(ContainerStatus.Created) => ContainerStatus.Created,
        nameof(ContainerStatus.Running) => ContainerStatus.Running,
        nameof(ContainerStatus.Paused) => ContainerStatus.Paused,
        nameof(ContainerStatus.Stopped) => ContainerStatus.Stopped,
        _ => null,
    };

    private static string Word(ContainerStatus status) => status switch
    {
        ContainerStatus.Created => nameof(ContainerStatus.Created),
        ContainerStatus.Running => nameof(ContainerStatus.Running),
        ContainerStatus.Paused => nameof(ContainerStatus.Paused),
        _ => nameof(ContainerStatus.Stopped),
    };

    /// <summary>Utf8JsonWriter would first learn of each of 65536 letters whether it has to be escaped.</summary>
    private static string Text(ContainerState state)
    {
        var text = new StringBuilder(512);
        text.Append("{\"id\":").Append(Quoted(state.Id));
        text.Append(",\"status\":\"").Append(Word(state.Status)).Append('"');
        Number(text, "pid", (ulong)state.Pid);
        Number(text, "pidStartTicks", state.PidStartTicks);
        Number(text, "shimPid", (ulong)state.ShimPid);
        Number(text, "shimStartTicks", state.ShimStartTicks);
        text.Append(",\"bootId\":").Append(Quoted(state.BootId));
        text.Append(",\"bundle\":").Append(Quoted(state.Bundle));
        if (state.CgroupsPath is { } path)
            text.Append(",\"cgroupsPath\":").Append(Quoted(path));
        Time(text, "createdAt", state.CreatedAt);
        if (state.StartedAt is { } started)
            Time(text, "startedAt", started);
        return text.Append('}').ToString();
    }

    private static void Number(StringBuilder text, string name, ulong number) =>
        text.Append(",\"").Append(name).Append("\":").Append(number.ToString(CultureInfo.InvariantCulture));

    private static void Time(StringBuilder text, string name, DateTimeOffset time) =>
        text.Append(",\"").Append(name).Append("\":\"").Append(time.ToString("O", CultureInfo.InvariantCulture)).Append('"');

    /// <summary>What JSON wants escaped, and lone surrogates, which no file name gives but a caller might.</summary>
    private static string Quoted(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !text.AsSpan().ContainsAny('"', '\\'))
            return $"\"{text}\"";
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is >= ' ' and <= '~' and not ('"' or '\\'))
                quoted.Append(c);
            else
                quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }

        return quoted.Append('"').ToString();
    }
}
