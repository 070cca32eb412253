using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>The grammar of <c>--mount</c>: <c>type=bind,source=/a,target=/b,readonly</c>.</summary>
internal static class MountSpec
{
    /// <exception cref="FormatException">An unknown key, a bad value, or no target.</exception>
    public static Mount Parse(string text)
    {
        var mount = new Mount { Type = "volume" };
        foreach (var (key, value) in CsvFields.Parse(text)) Set(mount, key, value);
        if (string.IsNullOrEmpty(mount.Target)) throw new FormatException("target is required");
        if (mount.Type == "bind" && string.IsNullOrEmpty(mount.Source))
            throw new FormatException("source is required for a bind");
        Reject(
            mount.VolumeOptions is not null && mount.Type != "volume",
            $"cannot mix 'volume-*' options with mount type '{mount.Type}'");
        Reject(
            mount.BindOptions is not null && mount.Type != "bind",
            $"cannot mix 'bind-*' options with mount type '{mount.Type}'");
        Reject(
            mount.TmpfsOptions is not null && mount.Type != "tmpfs",
            $"cannot mix 'tmpfs-*' options with mount type '{mount.Type}'");
        return mount;
    }

    private static void Set(Mount mount, string key, string? value)
    {
        switch (key)
        {
            case "type": mount.Type = Need(key, value).ToLowerInvariant(); break;
            case "source" or "src": mount.Source = ResolveRelative(Need(key, value)); break;
            case "target" or "dst" or "destination": mount.Target = Need(key, value); break;
            case "readonly" or "ro": mount.ReadOnly = Truth(key, value) ? true : null; break;
            case "consistency": mount.Consistency = Need(key, value).ToLowerInvariant(); break;
            case "bind-propagation": Bind(mount).Propagation = Need(key, value).ToLowerInvariant(); break;
            case "bind-create-src": Bind(mount).CreateMountpoint = Truth(key, value); break;
            case "bind-nonrecursive": Bind(mount).NonRecursive = Truth(key, value); break;
            case "bind-recursive": SetRecursive(Bind(mount), Need(key, value)); break;
            case "volume-nocopy": Volume(mount).NoCopy = Truth(key, value); break;
            case "volume-subpath": Volume(mount).Subpath = Need(key, value); break;
            case "volume-label": AddPair(Volume(mount).Labels ??= [], Need(key, value)); break;
            case "volume-driver": Driver(mount).Name = Need(key, value); break;
            case "volume-opt": AddPair(Driver(mount).Options ??= [], Need(key, value)); break;
            case "tmpfs-size": Tmpfs(mount).SizeBytes = ByteSize.Parse(Need(key, value)); break;
            case "tmpfs-mode": Tmpfs(mount).Mode = Octal(key, Need(key, value)); break;
            default: throw new FormatException($"unknown option '{key}' in '{key}={value}'");
        }
    }

    private static BindOptions Bind(Mount mount) => mount.BindOptions ??= new BindOptions();

    private static VolumeOptions Volume(Mount mount) => mount.VolumeOptions ??= new VolumeOptions();

    private static TmpfsOptions Tmpfs(Mount mount) => mount.TmpfsOptions ??= new TmpfsOptions();

    private static NamedDriver Driver(Mount mount) => Volume(mount).DriverConfig ??= new NamedDriver();

    private static void SetRecursive(BindOptions bind, string value)
    {
        switch (value)
        {
            case "enabled": break;
            case "disabled": bind.NonRecursive = true; break;
            case "writable": bind.ReadOnlyNonRecursive = true; break;
            case "readonly": bind.ReadOnlyForceRecursive = true; break;
            default: throw new FormatException(
                $"invalid value for bind-recursive: {value} (must be \"enabled\", \"disabled\", "
                + "\"writable\", or \"readonly\")");
        }
    }

    private static string Need(string key, string? value) =>
        string.IsNullOrEmpty(value) ? throw new FormatException($"value for '{key}' is empty") : value;

    private static bool Truth(string key, string? value) => value switch
    {
        null or "" or "1" or "true" => true,
        "0" or "false" => false,
        _ => throw new FormatException($"invalid value for {key}: {value}"),
    };

    private static uint Octal(string key, string value)
    {
        try
        {
            return Convert.ToUInt32(value, 8);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new FormatException(
                string.Create(CultureInfo.InvariantCulture, $"invalid value for {key}: {value}"), e);
        }
    }

    private static void AddPair(Dictionary<string, string> map, string pair)
    {
        var (key, value) = KeyValues.Split(pair);
        map[key] = value ?? "";
    }

    /// <summary><c>./data</c> is meant where the user stands, not where the daemon does.</summary>
    private static string ResolveRelative(string source) =>
        source is "." or ".." || source.StartsWith("./", StringComparison.Ordinal)
            || source.StartsWith("../", StringComparison.Ordinal)
            ? Path.GetFullPath(source)
            : source;

    private static void Reject(bool bad, string message)
    {
        if (bad) throw new FormatException(message);
    }
}
