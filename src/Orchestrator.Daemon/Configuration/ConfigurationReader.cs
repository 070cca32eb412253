using Orchestrator.Daemon.Startup;

namespace Orchestrator.Daemon.Configuration;

/// <summary>Puts the command line and the configuration file together, over the defaults.</summary>
internal static class ConfigurationReader
{
    /// <exception cref="StartupException">
    /// A file that is not there or not right, something set in both, or a setting without sense.
    /// </exception>
    public static LoadedConfiguration Load(DaemonArguments arguments)
    {
        var options = new DaemonOptions();
        IReadOnlyList<(Setting, IReadOnlyList<string>)> file = [];
        var path = arguments.ConfigFile ?? DaemonOptions.DefaultConfigFile;
        if (arguments.ConfigFile is not null && !File.Exists(path))
            throw new StartupException(
                $"the configuration file {path} is not there; make it, or leave --config-file out");
        if (File.Exists(path))
        {
            file = ConfigurationFile.Read(path);
            RefuseConflicts(path, arguments, file);
            foreach (var (setting, values) in file)
                options = Apply(path, options, setting, values);
        }

        foreach (var (setting, values) in arguments.Values)
            options = setting.Apply(options, values);
        options = Moved(options);
        return options.Faults().ToList() is { Count: > 0 } faults
            ? throw new StartupException(string.Join(" ", faults)) : new LoadedConfiguration(options, file);
    }

    private static DaemonOptions Apply(
        string path, DaemonOptions options, Setting setting, IReadOnlyList<string> values)
    {
        try
        {
            // An empty array sets nothing, and what needs a value has none to take.
            return values.Count == 0 ? options : setting.Apply(options, values);
        }
        catch (StartupException e)
        {
            throw ConfigurationFile.Fault(path, e.Message);
        }
    }

    /// <summary>As dockerd: which of the two was meant would be a guess.</summary>
    private static void RefuseConflicts(
        string path, DaemonArguments arguments, IReadOnlyList<(Setting Setting, IReadOnlyList<string> Values)> file)
    {
        var conflicts = file.Where(one => arguments.Values.ContainsKey(one.Setting)).Select(
            one => $"{one.Setting.Key}: (from flag: {Shown(one.Setting, arguments.Values[one.Setting])}, "
                + $"from file: {Shown(one.Setting, one.Values)})").ToList();
        if (conflicts.Count > 0)
            throw ConfigurationFile.Fault(
                path, "the following directives are specified both as a flag and in the configuration file: "
                + string.Join(", ", conflicts));
    }

    private static string Shown(Setting setting, IReadOnlyList<string> values) =>
        setting.Kind is SettingKind.Text or SettingKind.Truth or SettingKind.Number or SettingKind.Size
            ? values[^1] : $"[{string.Join(' ', values)}]";

    /// <summary>What is kept in the run directory moves along with it.</summary>
    private static DaemonOptions Moved(DaemonOptions options)
    {
        var defaults = new DaemonOptions();
        if (options.ExecRoot != defaults.ExecRoot && options.PidFile == defaults.PidFile)
            options = options with { PidFile = Path.Combine(options.ExecRoot, "orchd.pid") };
        if (options.ExecRoot != defaults.ExecRoot && options.Hosts.SequenceEqual(defaults.Hosts))
            options = options with { Hosts = [$"unix://{options.ExecRoot}/orch.sock"] };
        return options;
    }
}
