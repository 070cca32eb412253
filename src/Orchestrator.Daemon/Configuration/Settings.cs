using System.Collections.Frozen;
using System.Globalization;
using Orchestrator.Daemon.Startup;
using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Configuration;

/// <summary>Every setting once: its flag, its key in the file, and what it sets.</summary>
internal static class Settings
{
    private static readonly TlsOptions NoTls =
        new("/etc/orch/ca.pem", "/etc/orch/server-cert.pem", "/etc/orch/server-key.pem");

    private static readonly FrozenDictionary<string, Setting> All = new Setting[]
    {
        new("host", "hosts", (o, v) => o with { Hosts = v }),
        new("data-root", "data-root", (o, v) => o with { DataRoot = v[^1] }),
        new("exec-root", "exec-root", (o, v) => o with { ExecRoot = v[^1] }),
        new("pidfile", "pidfile", (o, v) => o with { PidFile = v[^1] }),
        new("group", "group", (o, v) => o with { Group = v[^1] }),
        new("log-level", "log-level", (o, v) => o with { LogLevel = v[^1] }),
        new("debug", "debug", (o, v) => o with { Debug = Truth("debug", v[^1]) }),
        new("bridge", "bridge", (o, v) => o with { Bridge = v[^1] }),
        new("bip", "bip", (o, v) => o with { BridgeIp = v[^1] }),
        new("mtu", "mtu", (o, v) => o with { Mtu = Number("mtu", v[^1]) }),
        new("default-address-pool", "default-address-pools", (o, v) => o with { AddressPools = [.. v.Select(Pool)] }),
        new("cgroup-parent", "cgroup-parent", (o, v) => o with { CgroupParent = v[^1] }),
        new("label", "labels", (o, v) => o with { Labels = v }),
        new("metrics-addr", "metrics-addr", (o, v) => o with { MetricsAddress = v[^1] }),
        new("dns", "dns", (o, v) => o with { Dns = v }),
        new("dns-search", "dns-search", (o, v) => o with { DnsSearch = v }),
        new("dns-opt", "dns-opts", (o, v) => o with { DnsOptions = v }),
        new("registry-mirror", "registry-mirrors", (o, v) => o with { RegistryMirrors = v }),
        new("insecure-registry", "insecure-registries", (o, v) => o with { InsecureRegistries = v }),
        new("max-concurrent-downloads", "max-concurrent-downloads",
            (o, v) => o with { MaxConcurrentDownloads = Number("max-concurrent-downloads", v[^1]) }),
        new("max-concurrent-uploads", "max-concurrent-uploads",
            (o, v) => o with { MaxConcurrentUploads = Number("max-concurrent-uploads", v[^1]) }),
        new("log-opt", "log-opts", (o, v) => o with { LogOptions = Pairs("log-opt", v) }),
        new("default-ulimit", "default-ulimits", (o, v) => o with { DefaultUlimits = [.. v.Select(Ulimit)] }),
        new("default-shm-size", "default-shm-size",
            (o, v) => o with { DefaultShmSize = Size("default-shm-size", v[^1]) }),
        new("userns-remap", "userns-remap", (o, v) => o with { UserRemap = v[^1].Length > 0 ? v[^1] : null }),
        new("runtime-path", "runtime-path", (o, v) => o with { RuntimePath = v[^1] }),
        new("net-helper-path", "net-helper-path", (o, v) => o with { NetHelperPath = v[^1] }),
        new("tlscacert", "tlscacert", (o, v) => o with { Tls = (o.Tls ?? NoTls) with { Authority = v[^1] } }),
        new("tlscert", "tlscert", (o, v) => o with { Tls = (o.Tls ?? NoTls) with { Certificate = v[^1] } }),
        new("tlskey", "tlskey", (o, v) => o with { Tls = (o.Tls ?? NoTls) with { Key = v[^1] } }),
        new("tlsverify", "tlsverify", (o, _) => o with { Tls = o.Tls ?? NoTls }),
    }.ToFrozenDictionary(setting => setting.Flag);

    public static IReadOnlySet<string> Names { get; } = All.Keys.ToFrozenSet();

    /// <summary>Flag of a key in the file; null: no such key.</summary>
    public static string? FlagOf(string key) => All.Values.FirstOrDefault(setting => setting.Key == key)?.Flag;

    public static DaemonOptions Apply(DaemonOptions options, string flag, IReadOnlyList<string> values) =>
        All.TryGetValue(flag, out var setting) ? setting.Apply(options, values) : options;

    private static bool Truth(string name, string text) => bool.TryParse(text, out var value)
        ? value : throw new StartupException($"{name} is \"{text}\"; write true or false");

    private static int Number(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value : throw new StartupException($"{name} is \"{text}\"; write a number");

    /// <summary>A number with k, m or g.</summary>
    private static long Size(string name, string text)
    {
        var number = text.TrimEnd('b', 'B');
        var shift = number.Length == 0 ? 0 : char.ToLowerInvariant(number[^1]) switch
        {
            'k' => 10, 'm' => 20, 'g' => 30, _ => 0,
        };
        return long.TryParse(
            shift > 0 ? number[..^1] : number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value > 0 && value <= long.MaxValue >> shift
            ? value << shift : throw new StartupException($"{name} is \"{text}\"; write a size such as 64m");
    }

    /// <summary><c>nofile=1024:2048</c>.</summary>
    private static UlimitRequest Ulimit(string text)
    {
        var equals = text.IndexOf('=');
        var numbers = equals < 1 ? [] : text[(equals + 1)..].Split(':');
        var isLimit = numbers.Length is 1 or 2 && numbers.All(
            number => long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        return isLimit
            ? new(text[..equals], long.Parse(numbers[0], CultureInfo.InvariantCulture),
                long.Parse(numbers[^1], CultureInfo.InvariantCulture))
            : throw new StartupException($"default-ulimit is \"{text}\"; write name=soft[:hard]");
    }

    private static Dictionary<string, string> Pairs(string name, IReadOnlyList<string> values) => values.ToDictionary(
        pair => pair.IndexOf('=') > 0 ? pair[..pair.IndexOf('=')]
            : throw new StartupException($"{name} is \"{pair}\"; write key=value"),
        pair => pair[(pair.IndexOf('=') + 1)..]);

    /// <summary><c>base=10.10.0.0/16,size=24</c>.</summary>
    private static SubnetPool Pool(string text)
    {
        var pairs = Pairs("default-address-pool", text.Split(','));
        return pairs.TryGetValue("base", out var range) && pairs.TryGetValue("size", out var size)
            ? new SubnetPool(range, Number("size", size))
            : throw new StartupException($"default-address-pool is \"{text}\"; write base=10.10.0.0/16,size=24");
    }

    private sealed record Setting(
        string Flag, string Key, Func<DaemonOptions, IReadOnlyList<string>, DaemonOptions> Apply);
}
