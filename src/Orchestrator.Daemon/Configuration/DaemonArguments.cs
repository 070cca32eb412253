using Orchestrator.Daemon.Startup;

namespace Orchestrator.Daemon.Configuration;

/// <summary>Reads orchd's command line into settings named as in the configuration file.</summary>
internal sealed class DaemonArguments
{
    private static readonly Dictionary<string, string> Shorts = new()
    {
        ["-H"] = "host", ["-b"] = "bridge", ["-p"] = "pidfile", ["-l"] = "log-level", ["-D"] = "debug",
        ["-G"] = "group",
        ["-v"] = "version", ["-h"] = "help",
    };

    private static readonly HashSet<string> Switches = ["debug", "version", "help", "tlsverify"];

    private readonly Dictionary<string, List<string>> values = [];

    public bool Version => values.ContainsKey("version");

    public bool Help => values.ContainsKey("help");

    /// <summary>Settings given, by the name of their flag.</summary>
    public IReadOnlyDictionary<string, List<string>> Values => values;

    public string? this[string name] => values.TryGetValue(name, out var all) ? all[^1] : null;

    /// <exception cref="StartupException">An unknown flag, or one without its value.</exception>
    public static DaemonArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new DaemonArguments();
        for (var at = 0; at < args.Count; at++)
        {
            var (name, value) = Split(args[at]);
            if (!Settings.Names.Contains(name) && !Switches.Contains(name) && name is not "config-file")
                throw new StartupException($"unknown flag: {args[at]}; see orchd --help");
            if (value is null && Switches.Contains(name))
                value = "true";
            else if (value is null && ++at == args.Count)
                throw new StartupException($"flag needs an argument: {args[at - 1]}");
            parsed.Add(name, value ?? args[at]);
        }

        return parsed;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        if (Shorts.TryGetValue(argument, out var name))
            return (name, null);
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            if (argument.Length > 2 && Shorts.TryGetValue(argument[..2], out name))
                return (name, argument[2..].TrimStart('='));
            throw new StartupException($"unexpected argument: {argument}; orchd takes flags only, see orchd --help");
        }

        var equals = argument.IndexOf('=');
        return equals < 0 ? (argument[2..], null) : (argument[2..equals], argument[(equals + 1)..]);
    }

    private void Add(string name, string value)
    {
        if (!values.TryGetValue(name, out var all))
            values[name] = all = [];
        all.Add(value);
    }
}
