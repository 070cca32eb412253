using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Startup;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;

namespace Orchestrator.Daemon.Hosting;

/// <summary>The daemon's settings as the engine's.</summary>
internal static class EngineSettings
{
    /// <param name="runtimePath">The runtime found; null: only the settings are looked at.</param>
    /// <exception cref="StartupException">Something the engine cannot use.</exception>
    public static EngineOptions Of(DaemonOptions options, string? runtimePath)
    {
        var engine = new EngineOptions
        {
            DataRoot = options.DataRoot,
            RunRoot = options.ExecRoot,
            CgroupParent = "/" + options.CgroupParent.Trim('/'),
            DefaultNetwork = options.Bridge == Network.NetworkDrivers.None ? options.Bridge : "",
            DnsSearch = options.DnsSearch,
            DnsOptions = options.DnsOptions,
            PublishAddress = options.PublishAddress is "0.0.0.0" or null ? "" : options.PublishAddress,
            LogDriver = options.LogDriver,
            LogOptions = options.LogOptions,
            ShmSizeBytes = options.DefaultShmSize,
            DefaultUlimits = options.DefaultUlimits ?? new EngineOptions().DefaultUlimits,
            IpcMode = options.IpcMode,
            CgroupnsMode = options.CgroupnsMode,
            Init = options.Init,
            Runtimes = options.Runtimes,
            // What scripts written for dockerd call its own runtime is ours, unless they name a program for it.
            DefaultRuntime = options.Runtimes.ContainsKey(options.DefaultRuntime) ? options.DefaultRuntime : OciRuntime.Own,
            NoNewPrivileges = options.NoNewPrivileges,
            Seccomp = Seccomp(options.SeccompProfile),
        };
        if (engine.Faults().ToList() is { Count: > 0 } faults)
            throw new StartupException(string.Join(" ", faults));
        return runtimePath is null ? engine : engine with
        {
            RuntimePath = runtimePath,
            UserRemap = options.UserRemap is { } user ? SubordinateIds.Resolve(user) : null,
        };
    }

    private static string Seccomp(string setting)
    {
        try
        {
            return setting is "" or "builtin" or "unconfined" ? setting : File.ReadAllText(setting);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"seccomp-profile {setting} cannot be read: {e.Message}", e);
        }
    }
}
