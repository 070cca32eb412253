using System.Globalization;
using System.Runtime.InteropServices;

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
                Volume = ["local"], Network = ["bridge", "host", "null", "overlay"], Log = ["json-file", "none"],
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
            Debug = facts.Debug,
            LoggingDriver = "json-file",
            CgroupDriver = "cgroupfs",
            CgroupVersion = unified ? "2" : "1",
            KernelVersion = KernelVersion,
            OperatingSystem = os.Name,
            OSVersion = os.Version,
            OSType = "linux",
            Architecture = Machine,
            IndexServerAddress = "https://index.docker.io/v1/",
            RegistryConfig = new()
            {
                InsecureRegistryCIDRs = ["127.0.0.0/8"],
                Mirrors = [.. facts.RegistryMirrors],
                IndexConfigs = new()
                {
                    ["docker.io"] = new()
                    {
                        Name = "docker.io",
                        Secure = true,
                        Official = true,
                        Mirrors = [.. facts.RegistryMirrors],
                    },
                },
            },
            NCPU = Environment.ProcessorCount,
            MemTotal = memory,
            DockerRootDir = options.DataRoot,
            Name = facts.Name,
            Labels = [.. facts.Labels],
            ServerVersion = facts.Version,
            Runtimes = new() { ["orch"] = new() { Path = options.RuntimePath } },
            DefaultRuntime = "orch",
            LiveRestoreEnabled = true,
            SecurityOptions =
            [
                "name=seccomp,profile=builtin", .. options.UserRemap is null ? Array.Empty<string>() : ["name=userns"],
                "name=cgroupns",
            ],
        };
    }

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
