using Orchestrator.Api;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Host;

/// <summary>The daemon's state, a fact a line. What is empty is left out.</summary>
internal static class InfoText
{
    public static void Write(TextWriter o, SystemInfo info)
    {
        o.WriteLine(
            $" Containers: {info.Containers}\n  Running: {info.ContainersRunning}\n  Paused: "
            + $"{info.ContainersPaused}\n  Stopped: {info.ContainersStopped}");
        o.WriteLine($" Images: {info.Images}");
        Line(o, "Server Version", info.ServerVersion);
        Line(o, "Storage Driver", info.Driver);
        foreach (var pair in info.DriverStatus ?? [])
            if (pair is [var key, var value]) o.WriteLine($"  {key}: {value}");
        Line(o, "Logging Driver", info.LoggingDriver);
        Line(o, "Cgroup Driver", info.CgroupDriver);
        Line(o, "Cgroup Version", info.CgroupVersion);
        o.WriteLine(
            $" Plugins:\n  Volume: {string.Join(' ', info.Plugins.Volume)}\n  Network: "
            + $"{string.Join(' ', info.Plugins.Network)}\n  Log: {string.Join(' ', info.Plugins.Log)}");
        SwarmText.Write(o, info.Swarm);
        if (info.Runtimes.Count > 0)
        {
            Line(o, "Runtimes", string.Join(' ', info.Runtimes.Keys.Order(StringComparer.Ordinal)));
            Line(o, "Default Runtime", info.DefaultRuntime);
        }
        Line(o, "Init Binary", info.InitBinary);
        WriteSecurity(o, info.SecurityOptions ?? []);
        Line(o, "Kernel Version", info.KernelVersion);
        Line(o, "Operating System", info.OperatingSystem);
        Line(o, "OSType", info.OSType);
        Line(o, "Architecture", info.Architecture);
        o.WriteLine($" CPUs: {info.NCPU}\n Total Memory: {Units.BinarySize(info.MemTotal)}");
        Line(o, "Name", info.Name);
        Line(o, "ID", info.ID);
        Line(o, "Root Dir", info.DockerRootDir);
        o.WriteLine($" Debug Mode: {Truth(info.Debug)}");
        if (info.Labels is { Length: > 0 } labels)
            o.WriteLine(" Labels:\n" + string.Join('\n', labels.Select(static l => "  " + l)));
        o.WriteLine($" Experimental: {Truth(info.ExperimentalBuild)}");
        WriteRegistries(o, info.RegistryConfig);
        o.WriteLine($" Live Restore Enabled: {Truth(info.LiveRestoreEnabled)}");
        if (info.DefaultAddressPools is { Length: > 0 } pools)
            o.WriteLine(" Default Address Pools:\n"
                + string.Join('\n', pools.Select(static p => $"   Base: {p.Base}, Size: {p.Size}")));
    }

    public static string Truth(bool value) => value ? "true" : "false";

    private static void WriteSecurity(TextWriter o, string[] options)
    {
        if (options.Length == 0) return;
        o.WriteLine(" Security Options:");
        foreach (var option in options)
        {
            var parts = option.Split(',');
            o.WriteLine("  " + parts[0].Replace("name=", "", StringComparison.Ordinal));
            foreach (var part in parts.Skip(1).Where(static p => p.StartsWith("profile=", StringComparison.Ordinal)))
                o.WriteLine($"   Profile: {part["profile=".Length..]}");
        }
    }

    private static void WriteRegistries(TextWriter o, RegistryServiceConfig registries)
    {
        var insecure = registries.IndexConfigs.Values.Where(static i => !i.Secure).Select(static i => i.Name)
            .Concat(registries.InsecureRegistryCIDRs).ToList();
        if (insecure.Count > 0)
            o.WriteLine(" Insecure Registries:\n" + string.Join('\n', insecure.Select(static r => "  " + r)));
        if (registries.Mirrors.Length > 0)
            o.WriteLine(" Registry Mirrors:\n" + string.Join('\n', registries.Mirrors.Select(static m => "  " + m)));
    }

    private static void Line(TextWriter o, string name, string value)
    {
        if (!string.IsNullOrEmpty(value)) o.WriteLine($" {name}: {value}");
    }
}
