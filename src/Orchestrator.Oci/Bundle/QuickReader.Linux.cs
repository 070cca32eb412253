using System.Text.Json;

namespace Orchestrator.Oci.Bundle;

/// <content>config.json's linux.</content>
internal static partial class QuickReader
{
    private static LinuxSpec Linux(ref Utf8JsonReader json)
    {
        var linux = new LinuxSpec();
        for (Begin(ref json); Next(ref json);)
        {
            linux = Name(ref json) switch
            {
                "namespaces" => linux with { Namespaces = Array(ref json, Namespace) },
                "devices" => linux with { Devices = Array(ref json, Device) },
                "cgroupsPath" => linux with { CgroupsPath = Text(ref json) },
                "resources" => linux with { Resources = Resources(ref json) },
                "sysctl" => linux with { Sysctl = Map(ref json) },
                "rootfsPropagation" => linux with { RootfsPropagation = Text(ref json) },
                "maskedPaths" => linux with { MaskedPaths = Texts(ref json) },
                "readonlyPaths" => linux with { ReadonlyPaths = Texts(ref json) },
                "seccomp" => linux with { Seccomp = Seccomp(ref json) },
                "mountLabel" => linux with { MountLabel = Text(ref json) },
                "uidMappings" or "gidMappings" or "timeOffsets" or "personality" => throw Unusual(),
                _ => Skip(ref json, linux),
            };
        }

        return linux;
    }

    private static NamespaceSpec Namespace(ref Utf8JsonReader json)
    {
        var (type, path) = ((string?)null, (string?)null);
        for (Begin(ref json); Next(ref json);)
        {
            switch (Name(ref json))
            {
                case "type":
                    type = Text(ref json);
                    break;
                case "path":
                    path = Text(ref json);
                    break;
                default:
                    Pass(ref json);
                    break;
            }
        }

        return new NamespaceSpec(type ?? throw Unusual(), path);
    }

    private static DeviceSpec Device(ref Utf8JsonReader json)
    {
        var device = new DeviceSpec { Type = null!, Path = null! }; // Required: checked below.
        for (Begin(ref json); Next(ref json);)
        {
            device = Name(ref json) switch
            {
                "type" => device with { Type = Text(ref json) },
                "path" => device with { Path = Text(ref json) },
                "major" => device with { Major = Number(ref json) },
                "minor" => device with { Minor = Number(ref json) },
                "fileMode" => device with { FileMode = Small(ref json) },
                "uid" => device with { Uid = Small(ref json) },
                "gid" => device with { Gid = Small(ref json) },
                _ => Skip(ref json, device),
            };
        }

        return device.Type is null || device.Path is null ? throw Unusual() : device;
    }

    private static ResourcesSpec Resources(ref Utf8JsonReader json)
    {
        var resources = new ResourcesSpec();
        for (Begin(ref json); Next(ref json);)
        {
            resources = Name(ref json) switch
            {
                "devices" => resources with { Devices = Array(ref json, Rule) },
                "memory" => resources with { Memory = Memory(ref json) },
                "cpu" => resources with { Cpu = Cpu(ref json) },
                "pids" => resources with { Pids = Pids(ref json) },
                "blockIO" or "hugepageLimits" or "network" or "rdma" or "unified" => throw Unusual(),
                _ => Skip(ref json, resources),
            };
        }

        return resources;
    }

    private static DeviceRule Rule(ref Utf8JsonReader json)
    {
        var (rule, isComplete) = (new DeviceRule(Allow: false), false);
        for (Begin(ref json); Next(ref json);)
        {
            var name = Name(ref json);
            isComplete |= name == "allow";
            rule = name switch
            {
                "allow" => rule with { Allow = Flag(ref json) },
                "type" => rule with { Type = Text(ref json) },
                "major" => rule with { Major = Number(ref json) },
                "minor" => rule with { Minor = Number(ref json) },
                "access" => rule with { Access = Text(ref json) },
                _ => Skip(ref json, rule),
            };
        }

        return isComplete ? rule : throw Unusual();
    }

    private static MemoryResources Memory(ref Utf8JsonReader json)
    {
        var memory = new MemoryResources();
        for (Begin(ref json); Next(ref json);)
        {
            memory = Name(ref json) switch
            {
                "limit" => memory with { Limit = Number(ref json) },
                "reservation" => memory with { Reservation = Number(ref json) },
                "swap" => memory with { Swap = Number(ref json) },
                _ => throw Unusual(),
            };
        }

        return memory;
    }

    private static CpuResources Cpu(ref Utf8JsonReader json)
    {
        var cpu = new CpuResources();
        for (Begin(ref json); Next(ref json);)
        {
            cpu = Name(ref json) switch
            {
                "shares" => cpu with { Shares = json.GetUInt64() },
                "quota" => cpu with { Quota = Number(ref json) },
                "period" => cpu with { Period = json.GetUInt64() },
                "cpus" => cpu with { Cpus = Text(ref json) },
                "mems" => cpu with { Mems = Text(ref json) },
                _ => throw Unusual(),
            };
        }

        return cpu;
    }

    private static PidsResources Pids(ref Utf8JsonReader json)
    {
        long? limit = null;
        for (Begin(ref json); Next(ref json);)
        {
            if (Name(ref json) == "limit")
                limit = Number(ref json);
            else
                Pass(ref json);
        }

        return new PidsResources(limit ?? throw Unusual());
    }
}
