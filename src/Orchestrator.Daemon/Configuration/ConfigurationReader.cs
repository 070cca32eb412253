using System.Text.Json;
using Orchestrator.Daemon.Startup;

namespace Orchestrator.Daemon.Configuration;

/// <summary>Lays the command line over the configuration file over the defaults.</summary>
internal static class ConfigurationReader
{
    /// <exception cref="StartupException">
    /// A file that is not there or not right, or a setting without sense.
    /// </exception>
    public static DaemonOptions Read(DaemonArguments arguments)
    {
        var options = new DaemonOptions();
        var path = arguments["config-file"] ?? DaemonOptions.DefaultConfigFile;
        if (File.Exists(path))
            options = ReadFile(options, path);
        else if (arguments["config-file"] is not null)
            throw new StartupException(
                $"the configuration file {path} is not there; make it, or leave --config-file out");
        foreach (var (flag, values) in arguments.Values)
            options = Settings.Apply(options, flag, values);

        // What is kept in the run directory moves along with it.
        var defaults = new DaemonOptions();
        if (options.ExecRoot != defaults.ExecRoot && options.PidFile == defaults.PidFile)
            options = options with { PidFile = Path.Combine(options.ExecRoot, "orchd.pid") };
        if (options.ExecRoot != defaults.ExecRoot && options.Hosts.SequenceEqual(defaults.Hosts))
            options = options with { Hosts = [$"unix://{options.ExecRoot}/orch.sock"] };
        return options.Faults().ToList() is { Count: > 0 } faults
            ? throw new StartupException(string.Join(" ", faults)) : options;
    }

    private static DaemonOptions ReadFile(DaemonOptions options, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var flag = Settings.FlagOf(property.Name) ?? throw new StartupException(
                    $"{path}: the following directives don't match any configuration option: {property.Name}");
                options = Settings.Apply(options, flag, Values(property.Value));
            }

            return options;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new StartupException($"{path} is not a JSON object of settings: {e.Message.Split('.')[0]}");
        }
    }

    private static IReadOnlyList<string> Values(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => [.. value.EnumerateArray().Select(One)],
        JsonValueKind.Object => [.. value.EnumerateObject().Select(pair => $"{pair.Name}={Text(pair.Value)}")],
        _ => [Text(value)],
    };

    /// <summary>An object in a list is what <c>key=value,key=value</c> is on the command line.</summary>
    private static string One(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? string.Join(',', value.EnumerateObject().Select(pair => $"{pair.Name}={Text(pair.Value)}"))
        : Text(value);

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
