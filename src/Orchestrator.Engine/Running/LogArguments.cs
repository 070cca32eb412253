using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Running;

/// <summary>What a shim is told of its container's log.</summary>
internal static class LogArguments
{
    /// <summary>Docker's for the driver local, which unlike json-file keeps to a limit by itself.</summary>
    private static readonly Dictionary<string, string> LocalDefaults = new()
    {
        ["max-size"] = "20m", ["max-file"] = "5", ["compress"] = "true",
    };

    private static readonly (string Name, string Option)[] RelayFiles =
        [("ca", "syslog-tls-ca-cert"), ("cert", "syslog-tls-cert"), ("key", "syslog-tls-key")];

    /// <param name="folder">Where files for the shim may be put.</param>
    /// <param name="relay">The program that speaks TLS for it.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(
        ContainerRecord record, string folder, string relay, CancellationToken cancellationToken)
    {
        var log = record.Spec.Host.Log;
        var isLocal = log.Driver == LogDrivers.Local;
        string? Option(string name) => log.Options?.GetValueOrDefault(name)
            ?? (isLocal ? LocalDefaults.GetValueOrDefault(name) : null);
        IReadOnlyList<string> own = log.Driver switch
        {
            LogDrivers.None => [],
            LogDrivers.Syslog => await SyslogAsync(record, Option, relay, cancellationToken),
            LogDrivers.Journald => Carried(folder, "log-fields", JournalFields.Of(record, Option)),
            LogDrivers.Local => ["--log-path", record.LogPath],
            _ => ["--log-path", record.LogPath, .. Carried(folder, "log-attrs", LogAttributes.Of(record, Option))],
        };
        if (own.Count == 0)
            return own;
        var driver = log.Driver.Length > 0 ? log.Driver : LogDrivers.JsonFile;
        var all = new List<string>(own) { "--log-driver", driver };
        foreach (var name in (string[])["max-size", "max-file", "compress", "mode", "max-buffer-size"])
        {
            if (Option(name) is { } value)
                all.AddRange([$"--log-{name}", value]);
        }

        if (isLocal)
            Directory.CreateDirectory(Path.GetDirectoryName(record.LogPath)!);
        return all;
    }

    private static async Task<IReadOnlyList<string>> SyslogAsync(
        ContainerRecord record, Func<string, string?> option, string relay, CancellationToken cancellationToken) =>
    [
        .. Relay(option, relay),
        "--log-address",
        await SyslogAddress.ResolveAsync(option("syslog-address") ?? "unixgram:///dev/log", cancellationToken),
        "--log-facility", $"{SyslogAddress.FacilityOf(option("syslog-facility") ?? "daemon")}",
        "--log-format", option("syslog-format") ?? "",
        "--log-tag", LogAttributes.Tag(option("tag") is { Length: > 0 } tag ? tag : "{{.ID}}", record),
    ];

    /// <summary>Nothing for an address without TLS.</summary>
    private static IEnumerable<string> Relay(Func<string, string?> option, string program)
    {
        if (SyslogAddress.SecureHostOf(option("syslog-address") ?? "") is not { } host)
            return [];
        // As docker: to name it is to want it.
        var skips = option("syslog-tls-skip-verify") is { } skip && skip != "false";
        return
        [
            "--log-relay", program, $"--log-relay-arg=host={host}",
            .. from file in RelayFiles
               let path = option(file.Option)
               where !string.IsNullOrEmpty(path)
               select $"--log-relay-arg={file.Name}={path}",
            .. skips ? (string[])["--log-relay-arg=skip-verify=true"] : [],
        ];
    }

    /// <summary>In a file: values of variables are no business of those who may list processes.</summary>
    private static IReadOnlyList<string> Carried(string folder, string name, byte[]? content)
    {
        if (content is null)
            return [];
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return ["--log-attrs", path];
    }
}
