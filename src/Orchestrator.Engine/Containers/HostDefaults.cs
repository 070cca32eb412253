namespace Orchestrator.Engine.Containers;

/// <summary>Writes down, at its creation, what a container gets of the daemon's settings: changing them later changes no
/// container. Pure.</summary>
internal static class HostDefaults
{
    public static HostSpec Fill(HostSpec host, EngineOptions options) => host with
    {
        NetworkMode = host.NetworkMode is "default" or "" && options.DefaultNetwork.Length > 0
            ? options.DefaultNetwork : host.NetworkMode,
        IpcMode = Or(host.IpcMode, options.IpcMode),
        CgroupnsMode = Or(host.CgroupnsMode, options.CgroupnsMode),
        Runtime = Or(host.Runtime, options.DefaultRuntime),
        Init = host.Init ?? (options.Init ? true : null),
        SecurityOpt = WithPrivileges(host.SecurityOpt, options.NoNewPrivileges),
        Log = Log(host.Log, options),
    };

    /// <summary>Options of the daemon's driver are filled in, those of another are none of its.</summary>
    private static LogSpec Log(LogSpec own, EngineOptions options)
    {
        var driver = Or(own.Driver, options.LogDriver);
        if (driver != options.LogDriver)
            return own;
        var all = new Dictionary<string, string>(options.LogOptions);
        foreach (var (name, value) in own.Options ?? new Dictionary<string, string>())
            all[name] = value;
        return new LogSpec(driver, all);
    }

    private static IReadOnlyList<string> WithPrivileges(IReadOnlyList<string> own, bool none) =>
        !none || own.Any(option => option.StartsWith("no-new-privileges", StringComparison.Ordinal))
            ? own : [.. own, "no-new-privileges"];

    private static string Or(string own, string other) => own.Length > 0 ? own : other;
}
