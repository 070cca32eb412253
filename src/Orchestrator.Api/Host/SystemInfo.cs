using System.Text.Json.Serialization;
using Orchestrator.Api.Swarm;

namespace Orchestrator.Api;

/// <summary>GET /info.</summary>
public sealed record SystemInfo
{
    public string ID { get; set; } = "";
    public int Containers { get; set; }
    public int ContainersRunning { get; set; }
    public int ContainersPaused { get; set; }
    public int ContainersStopped { get; set; }
    public int Images { get; set; }
    public string Driver { get; set; } = "";
    public string[][] DriverStatus { get; set; } = [];
    public PluginsInfo Plugins { get; set; } = new();
    public bool MemoryLimit { get; set; }
    public bool SwapLimit { get; set; }
    public bool CpuCfsPeriod { get; set; }
    public bool CpuCfsQuota { get; set; }
    public bool CPUShares { get; set; }
    public bool CPUSet { get; set; }
    public bool PidsLimit { get; set; }
    public bool IPv4Forwarding { get; set; }
    public bool BridgeNfIptables { get; set; }
    public bool BridgeNfIp6tables { get; set; }
    public bool Debug { get; set; }
    public int NFd { get; set; }
    public bool OomKillDisable { get; set; }
    public int NGoroutines { get; set; }
    public string SystemTime { get; set; } = "";
    public string LoggingDriver { get; set; } = "";
    public string CgroupDriver { get; set; } = "";
    public string CgroupVersion { get; set; } = "";
    public int NEventsListener { get; set; }
    public string KernelVersion { get; set; } = "";
    public string OperatingSystem { get; set; } = "";
    public string OSVersion { get; set; } = "";
    public string OSType { get; set; } = "";
    public string Architecture { get; set; } = "";
    public string IndexServerAddress { get; set; } = "";
    public RegistryServiceConfig RegistryConfig { get; set; } = new();
    public int NCPU { get; set; }
    public long MemTotal { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public GenericResource[]? GenericResources { get; set; }

    public string DockerRootDir { get; set; } = "";
    public string HttpProxy { get; set; } = "";
    public string HttpsProxy { get; set; } = "";
    public string NoProxy { get; set; } = "";
    public string Name { get; set; } = "";
    public string[] Labels { get; set; } = [];
    public bool ExperimentalBuild { get; set; }
    public string ServerVersion { get; set; } = "";
    public Dictionary<string, RuntimeInfo> Runtimes { get; set; } = [];
    public string DefaultRuntime { get; set; } = "";
    public SwarmInfo Swarm { get; set; } = new();
    public bool LiveRestoreEnabled { get; set; }
    public string Isolation { get; set; } = "";
    public string InitBinary { get; set; } = "";
    public CommitInfo ContainerdCommit { get; set; } = new();
    public CommitInfo RuncCommit { get; set; } = new();
    public CommitInfo InitCommit { get; set; } = new();
    public string[] SecurityOptions { get; set; } = [];
    public string? ProductLicense { get; set; }
    public AddressPool[]? DefaultAddressPools { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? Warnings { get; set; }
}

public sealed record PluginsInfo
{
    public string[] Volume { get; set; } = [];
    public string[] Network { get; set; } = [];
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? Authorization { get; set; }
    public string[] Log { get; set; } = [];
}

public sealed record RuntimeInfo
{
    [JsonPropertyName("path")] public string? Path { get; set; }
    [JsonPropertyName("runtimeArgs")] public string[]? Args { get; set; }
}

public sealed record CommitInfo
{
    public string ID { get; set; } = "";
    public string? Expected { get; set; }
}

public sealed record AddressPool
{
    public string Base { get; set; } = "";
    public int Size { get; set; }
}

public sealed record RegistryServiceConfig
{
    public string[] InsecureRegistryCIDRs { get; set; } = [];
    public Dictionary<string, RegistryIndex> IndexConfigs { get; set; } = [];
    public string[] Mirrors { get; set; } = [];
}

public sealed record RegistryIndex
{
    public string Name { get; set; } = "";
    public string[] Mirrors { get; set; } = [];
    public bool Secure { get; set; }
    public bool Official { get; set; }
}
