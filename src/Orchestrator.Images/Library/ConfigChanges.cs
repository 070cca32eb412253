using System.Globalization;
using System.Text.Json;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Library;

/// <summary>Applies the Dockerfile instructions of <c>import -c</c> and <c>commit -c</c> to a configuration.</summary>
public static class ConfigChanges
{
    private static readonly JsonElement EmptyObject = JsonDocument.Parse("{}").RootElement;

    /// <exception cref="ImageException">Invalid: names the instruction and what is wrong with it.</exception>
    public static ContainerConfig Apply(ContainerConfig config, IEnumerable<string> changes)
    {
        foreach (var change in changes.SelectMany(c => c.Split('\n')).Select(c => c.Trim()).Where(c => c.Length > 0))
        {
            var parts = change.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries);
            config = Apply(config, parts[0].ToUpperInvariant(), parts.ElementAtOrDefault(1) ?? "");
        }

        return config;
    }

    private static ContainerConfig Apply(ContainerConfig config, string instruction, string value)
    {
        if (value.Length == 0 && instruction is not ("CMD" or "ENTRYPOINT"))
            throw Bad(instruction, "has no argument");
        return instruction switch
        {
            "CMD" => config with { Cmd = Command(config, value) },
            "ENTRYPOINT" => config with { Entrypoint = Command(config, value) },
            "ENV" =>
                config with { Env = ChangeWords.Pairs(value, instruction).Aggregate(config.Env ?? [], SetVariable) },
            "LABEL" => config with { Labels = Merge(config.Labels, ChangeWords.Pairs(value, instruction)) },
            "EXPOSE" => config with
            {
                ExposedPorts = Keys(config.ExposedPorts, ChangeWords.Split(value, instruction).SelectMany(Ports)),
            },
            "VOLUME" => config with
            {
                Volumes = Keys(config.Volumes, List(value) ?? [.. ChangeWords.Split(value, instruction)]),
            },
            "USER" => config with { User = value },
            "WORKDIR" => config with { WorkingDir = Join(config.WorkingDir, value) },
            "STOPSIGNAL" => config with { StopSignal = value },
            "SHELL" => config with { Shell = List(value) ?? throw Bad(instruction, "wants a JSON list") },
            "ONBUILD" => config with { OnBuild = [.. config.OnBuild ?? [], value] },
            "HEALTHCHECK" => config with { Healthcheck = HealthCheckWords.Parse(value, v => Command(config, v)) },
            _ => throw new ImageException(ImageError.Invalid,
                $"{instruction} is not a valid change command: use CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, " +
                "ONBUILD, SHELL, STOPSIGNAL, USER, VOLUME or WORKDIR"),
        };
    }

    internal static ImageException Bad(string instruction, string why) =>
        new(ImageError.Invalid, $"the change {instruction} {why}");

    /// <summary>
    /// A JSON list is run as it is, anything else by the shell. Bad JSON is a shell line, as in a Dockerfile.
    /// </summary>
    private static string[] Command(ContainerConfig config, string value) =>
        List(value) ?? [.. config.Shell ?? ["/bin/sh", "-c"], value];

    private static string[]? List(string value)
    {
        if (!value.StartsWith('['))
            return null;
        try
        {
            using var json = JsonDocument.Parse(value);
            return [.. json.RootElement.EnumerateArray().Select(e => e.GetString() ?? throw new JsonException())];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string[] SetVariable(string[] env, KeyValuePair<string, string> pair)
    {
        var line = $"{pair.Key}={pair.Value}";
        var index = Array.FindIndex(env, e => e.StartsWith(pair.Key + "=", StringComparison.Ordinal));
        return index < 0 ? [.. env, line] : [.. env[..index], line, .. env[(index + 1)..]];
    }

    private static Dictionary<string, string> Merge(
        Dictionary<string, string>? labels, IEnumerable<KeyValuePair<string, string>> added)
    {
        var merged = new Dictionary<string, string>(labels ?? [], StringComparer.Ordinal);
        foreach (var (key, value) in added)
            merged[key] = value;
        return merged;
    }

    private static Dictionary<string, JsonElement> Keys(Dictionary<string, JsonElement>? old, IEnumerable<string> added)
    {
        var merged = new Dictionary<string, JsonElement>(old ?? [], StringComparer.Ordinal);
        foreach (var key in added)
            merged[key] = EmptyObject;
        return merged;
    }

    private static IEnumerable<string> Ports(string text)
    {
        var (range, protocol) = text.Split('/') switch
        {
            [var alone] => (alone, "tcp"),
            [var port, var named] => (port, named.ToLowerInvariant()),
            _ => ("", ""),
        };
        var ends = range.Split('-');
        if (protocol is not ("tcp" or "udp" or "sctp") || ends.Length > 2
            || !ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || last < first)
            throw Bad("EXPOSE", $"has the invalid port \"{text}\": write port[-port][/tcp|udp|sctp]");
        return Enumerable.Range(first, last - first + 1).Select(p => $"{p}/{protocol}");
    }

    private static string Join(string? folder, string value) =>
        value.StartsWith('/') ? value : $"{(folder is null or "" ? "" : folder.TrimEnd('/'))}/{value}";
}
