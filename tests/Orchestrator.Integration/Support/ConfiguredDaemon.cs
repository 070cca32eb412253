namespace Orchestrator.Integration.Support;

/// <summary>A daemon whose settings are not the defaults, from its file and from its command line.</summary>
public sealed class ConfiguredDaemon : LoneDaemon
{
    public const string Settings = """
        {
          "labels": ["zone=a"],
          "bip": "10.199.7.1/24",
          "fixed-cidr": "10.199.7.128/25",
          "icc": false,
          "init": true,
          "no-new-privileges": true,
          "live-restore": false,
          "shutdown-timeout": 5,
          "default-ulimits": { "nofile": { "Name": "nofile", "Hard": 900, "Soft": 800 } },
          "default-shm-size": "8m",
          "default-ipc-mode": "shareable",
          "default-cgroupns-mode": "host",
          "default-address-pools": [ { "base": "10.200.0.0/16", "size": 26 } ],
          "dns": ["192.0.2.7"],
          "ip": "127.0.0.1",
          "node-generic-resources": ["gpu=2"],
          "runtimes": { "other": { "path": "runc" }, "gone": { "path": "/nosuch/runtime" } },
          "cdi-spec-dirs": ["/etc/cdi"],
          "log-driver": "json-file",
          "log-opts": { "max-size": "1m", "tag": "{{.Name}}" }
        }
        """;

    public string Content { get; set; } = Settings;

    public string ConfigurationFile => Path.Combine(Folder, "daemon.json");

    public string Log => File.ReadAllText(Path.Combine(Folder, "log"));

    public string Socket => Path.Combine(Folder, "run", "orch.sock");

    protected override string Configuration => Content;

    public string Addresses { get; set; } = "";

    public string Prefix { get; set; } = "";

    protected override string Launcher => Prefix;

    protected override string Flags => (Addresses.Length > 0 ? Addresses : $"-H {SocketAddress} --host=tcp://:2375")
        + " -G 12345";

    /// <summary>Stops the daemon and starts it with other addresses, or, without any, as it was.</summary>
    public async Task RestartAsync(string addresses = "", string prefix = "")
    {
        await KillAsync("TERM");
        (Addresses, Prefix) = (addresses, prefix);
        await StartAsync();
    }

    /// <summary>What the daemon sees as /run/systemd/journal: a socket in it is the journal.</summary>
    public string Journal => Path.Combine(Folder, "journal");

    /// <summary>Path of orchd.</summary>
    public string Program => Path.Combine(Bin, "orchd");

    protected override async Task PrepareAsync()
    {
        Directory.CreateDirectory(Journal);
        await InsideAsync(
            $"mount -t tmpfs none /run && mkdir -p /run/systemd/journal && mount --bind {Journal} /run/systemd/journal");
    }

    public async Task ReloadAsync(string content)
    {
        Content = content;
        await File.WriteAllTextAsync(ConfigurationFile, content);
        await Shell.RunAsync("sh", ["-c", $"kill -HUP $(cat {Folder}/run/orchd.pid)"]);
    }
}

[CollectionDefinition(Name)]
public sealed class ConfiguredDaemonCollection : ICollectionFixture<ConfiguredDaemon>
{
    public const string Name = "configured daemon";
}
