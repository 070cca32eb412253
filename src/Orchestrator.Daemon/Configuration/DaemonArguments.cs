using Orchestrator.Daemon.Startup;

namespace Orchestrator.Daemon.Configuration;

/// <summary>Reads orchd's command line, which is dockerd's.</summary>
internal sealed class DaemonArguments
{
    private readonly Dictionary<Setting, List<string>> values = [];

    public bool Version { get; private set; }

    public bool Help { get; private set; }

    /// <summary>Look at the configuration, say what is wrong with it, and end.</summary>
    public bool Validate { get; private set; }

    /// <summary>Null: the default, which need not be there.</summary>
    public string? ConfigFile { get; private set; }

    public IReadOnlyDictionary<Setting, List<string>> Values => values;

    /// <exception cref="StartupException">An unknown flag, or one without its value.</exception>
    public static DaemonArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new DaemonArguments();
        var queue = new Queue<string>(args);
        while (queue.TryDequeue(out var argument))
        {
            if (argument.StartsWith("--", StringComparison.Ordinal))
                parsed.TakeLong(argument, queue);
            else if (argument.Length > 1 && argument[0] == '-')
                parsed.TakeLetters(argument, queue);
            else
                throw new StartupException(
                    $"unexpected argument: {argument}; orchd takes flags only, see orchd --help");
        }

        return parsed;
    }

    private void TakeLong(string argument, Queue<string> rest)
    {
        var equals = argument.IndexOf('=');
        var (name, value) = equals < 0 ? (argument[2..], null) : (argument[2..equals], argument[(equals + 1)..]);
        if (name == "config-file")
            ConfigFile = value ?? Next(argument, rest);
        else if (name is "help" or "version" or "validate")
            Switch(name, value is null || SettingValues.Truth(name, value));
        else if (Settings.OfFlag(name) is { } setting)
            Add(setting, value ?? (setting.Kind == SettingKind.Truth ? "true" : Next(argument, rest)));
        else
            throw new StartupException($"unknown flag: {argument}; see orchd --help");
    }

    /// <summary><c>-D</c>, <c>-H value</c>, <c>-Hvalue</c>, <c>-H=value</c>, and switches together: <c>-Dd</c>.</summary>
    private void TakeLetters(string argument, Queue<string> rest)
    {
        for (var at = 1; at < argument.Length; at++)
        {
            if (argument[at] is 'v' or 'h')
            {
                Switch(argument[at] == 'v' ? "version" : "help", true);
                continue;
            }

            var setting = Settings.OfLetter(argument[at])
                ?? throw new StartupException($"unknown shorthand flag: '{argument[at]}' in {argument}; see orchd --help");
            var tail = argument[(at + 1)..];
            if (setting.Kind == SettingKind.Truth && !tail.StartsWith('='))
            {
                Add(setting, "true");
                continue;
            }

            Add(setting, tail.Length == 0 ? Next(argument, rest) : tail.TrimStart('='));
            return;
        }
    }

    private void Switch(string name, bool on)
    {
        Version |= on && name == "version";
        Help |= on && name == "help";
        Validate |= on && name == "validate";
    }

    private static string Next(string flag, Queue<string> rest) =>
        rest.TryDequeue(out var value) ? value : throw new StartupException($"flag needs an argument: {flag}");

    private void Add(Setting setting, string value)
    {
        if (!values.TryGetValue(setting, out var all))
            values[setting] = all = [];
        all.Add(value);
    }
}
