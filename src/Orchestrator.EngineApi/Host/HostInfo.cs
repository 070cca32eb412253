using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;

namespace Orchestrator.EngineApi.Host;

/// <summary>The host as <c>info</c> describes it; what cannot change is read once.</summary>
internal sealed class HostInfo
{
    public string KernelVersion { get; } = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    public static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static Dictionary<string, Api.RuntimeInfo> Runtimes(EngineOptions options)
    {
        var all = options.Runtimes.ToDictionary(one => one.Key, one => new Api.RuntimeInfo
        {
            Path = one.Value.Path, Args = one.Value.Arguments.Count > 0 ? [.. one.Value.Arguments] : null,
        });
        all[OciRuntime.Own] = new() { Path = options.RuntimePath };
        return all;
    }

    private static string Machine => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private readonly (string Name, string Version) os = ReadOs();
    private readonly long memory = ReadMemory();
    private readonly bool unified = File.Exists("/sys/fs/cgroup/cgroup.controllers");

    public Api.SystemInfo Describe(EngineApiContext context)
    {
        var (facts, options, kernel) = (context.Facts, context.Engine.Options, context.Engine.Kernel);
        return new Api.SystemInfo
        {
            ID = facts.Id,
            Driver = "overlay2",
            DriverStatus = [["Backing Filesystem", BackingFileSystem(options.DataRoot)], ["Supports d_type", "true"]],
            Plugins = new()
            {
                Volume = ["local"], Network = ["bridge", "host", "ipvlan", "macvlan", "null", "overlay", "vlan"], Log = [.. LogDrivers.All],
            },
            MemoryLimit = kernel.Memory,
            SwapLimit = kernel.Swap,
            CpuCfsPeriod = kernel.Cpu,
            CpuCfsQuota = kernel.Cpu,
            CPUShares = kernel.Cpu,
            CPUSet = kernel.Cpuset,
            PidsLimit = kernel.Pids,
            OomKillDisable = kernel.OomKillDisable,
            IPv4Forwarding = ReadFlag("/proc/sys/net/ipv4/ip_forward"),
            BridgeNfIptables = ReadFlag("/proc/sys/net/bridge/bridge-nf-call-iptables"),
            BridgeNfIp6tables = ReadFlag("/proc/sys/net/bridge/bridge-nf-call-ip6tables"),
            Debug = facts.Debug,
            NFd = CountOf("/proc/self/fd"),
            NGoroutines = ThreadPool.ThreadCount,
            NEventsListener = context.Engine.Events.Listeners,
            LoggingDriver = options.LogDriver,
            CgroupDriver = "cgroupfs",
            CgroupVersion = unified ? "2" : "1",
            KernelVersion = KernelVersion,
            OperatingSystem = os.Name,
            OSVersion = os.Version,
            OSType = "linux",
            Architecture = Machine,
            IndexServerAddress = "https://index.docker.io/v1/",
            RegistryConfig = Registries(facts),
            NCPU = Environment.ProcessorCount,
            MemTotal = memory,
            DockerRootDir = options.DataRoot,
            Name = facts.Name,
            Labels = [.. facts.Labels],
            GenericResources = facts.GenericResources.Count == 0 ? null : [.. facts.GenericResources.Select(Resource)],
            HttpProxy = WithoutPassword(facts.HttpProxy),
            HttpsProxy = WithoutPassword(facts.HttpsProxy),
            NoProxy = facts.NoProxy,
            ServerVersion = facts.Version,
            Runtimes = Runtimes(options),
            DefaultRuntime = options.DefaultRuntime,
            LiveRestoreEnabled = facts.LiveRestore,
            InitBinary = "orch-runtime",
            ContainerdCommit = Commit($"none, orchd {facts.Version}"),
            RuncCommit = Commit($"none, orch-runtime {facts.Version}"),
            InitCommit = Commit($"orch-runtime {facts.Version}"),
            DefaultAddressPools =
                [.. facts.AddressPools.Select(pool => new Api.AddressPool { Base = pool.Base, Size = pool.Size })],
            SecurityOptions = [.. Security(options)],
            Warnings = [.. facts.Warnings, .. Missing(kernel)],
        };
    }

    private static IEnumerable<string> Security(EngineOptions options)
    {
        if (KernelSupport.HasApparmor)
            yield return "name=apparmor";
        yield return options.Seccomp switch
        {
            "" or "builtin" => "name=seccomp,profile=builtin",
            "unconfined" => "name=seccomp,profile=unconfined",
            _ => "name=seccomp,profile=custom",
        };
        if (options.UserRemap is not null)
            yield return "name=userns";
        yield return "name=cgroupns";
    }

    /// <summary>In docker's words.</summary>
    private static IEnumerable<string> Missing(KernelSupport kernel)
    {
        if (!kernel.Memory)
            yield return "WARNING: No memory limit support";
        if (!kernel.Swap)
            yield return "WARNING: No swap limit support";
        if (!kernel.Cpu)
            yield return "WARNING: No cpu shares support";
        if (!kernel.Cpuset)
            yield return "WARNING: No cpuset support";
        if (!ReadFlag("/proc/sys/net/ipv4/ip_forward"))
            yield return "WARNING: IPv4 forwarding is disabled";
    }

    private static Api.RegistryServiceConfig Registries(NodeFacts facts)
    {
        var networks = facts.InsecureRegistries.Where(name => IPNetwork.TryParse(name, out _)).ToList();
        var indexes = facts.InsecureRegistries.Except(networks).ToDictionary(
            name => name, name => new Api.RegistryIndex { Name = name });
        indexes["docker.io"] = new()
        {
            Name = "docker.io", Secure = true, Official = true, Mirrors = [.. facts.RegistryMirrors],
        };
        return new()
        {
            InsecureRegistryCIDRs = ["::1/128", "127.0.0.0/8", .. networks],
            Mirrors = [.. facts.RegistryMirrors],
            IndexConfigs = indexes,
        };
    }

    private static Api.Swarm.GenericResource Resource((string Kind, long? Count, string? Name) one) => one.Count is { } count
        ? new() { DiscreteResourceSpec = new() { Kind = one.Kind, Value = count } }
        : new() { NamedResourceSpec = new() { Kind = one.Kind, Value = one.Name } };

    /// <summary>What the client shows when both say the same.</summary>
    private static Api.CommitInfo Commit(string version) => new() { ID = version, Expected = version };

    private static string WithoutPassword(string proxy) =>
        Uri.TryCreate(proxy, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0
            ? proxy.Replace(uri.UserInfo + "@", "xxxxx:xxxxx@", StringComparison.Ordinal) : proxy;

    private static int CountOf(string folder) => Directory.EnumerateFileSystemEntries(folder).Count();

    private static (string Name, string Version) ReadOs()
    {
        if (!File.Exists("/etc/os-release"))
            return ("Linux", "");
        var values = File.ReadLines("/etc/os-release").Select(line => line.Split('=', 2))
        .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim('"'));
        return (values.GetValueOrDefault("PRETTY_NAME", "Linux"), values.GetValueOrDefault("VERSION_ID", ""));
    }

    /// <summary>Bytes of memory of the host.</summary>
    public static long ReadMemory()
    {
        var line = File.ReadLines("/proc/meminfo").First();
        return long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static bool ReadFlag(string path) => File.Exists(path) && File.ReadAllText(path).Trim() == "1";

    private static string BackingFileSystem(string path) =>
        new DriveInfo(path).DriveFormat is { Length: > 0 } format ? format : "unknown";
}
