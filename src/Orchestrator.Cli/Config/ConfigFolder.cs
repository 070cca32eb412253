namespace Orchestrator.Cli.Config;

/// <summary>The user's folder of settings, logins and contexts, laid out as docker lays out <c>~/.docker</c>.</summary>
internal sealed class ConfigFolder
{
    private readonly Lazy<ConfigFile> _file;

    private ConfigFolder(string path, string? dockerPath)
    {
        Path = path;
        _file = new Lazy<ConfigFile>(() => ConfigFile.Read(System.IO.Path.Combine(path, ConfigFile.Name)));
        Docker = dockerPath is null ? null : new ConfigFolder(dockerPath, null);
    }

    public string Path { get; }

    public ConfigFile File => _file.Value;

    /// <summary>Where docker keeps the same user's logins, which count where we have none; null: not asked.</summary>
    public ConfigFolder? Docker { get; }

    /// <summary>From <c>--config</c>, ORCH_CONFIG, DOCKER_CONFIG, else <c>~/.orch</c>.</summary>
    /// <param name="flag">Empty: not given.</param>
    public static ConfigFolder Find(string flag, Func<string, string?> environment)
    {
        var named = flag.Length > 0 ? flag : Variables.Find(environment, "CONFIG");
        if (named is not null) return new ConfigFolder(System.IO.Path.GetFullPath(named), null);
        var home = environment("HOME") is { Length: > 0 } value ? value : "/root";
        return new ConfigFolder(System.IO.Path.Combine(home, ".orch"), System.IO.Path.Combine(home, ".docker"));
    }
}
