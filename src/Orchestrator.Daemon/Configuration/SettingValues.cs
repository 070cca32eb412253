using System.Globalization;
using Orchestrator.Daemon.Startup;
using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Configuration;

/// <summary>Text of flags and files as values. Pure; what is wrong is a <see cref="StartupException"/> that names the
/// setting, its value and what to write.</summary>
internal static class SettingValues
{
    /// <summary>The words that Go takes for a truth value, and so dockerd.</summary>
    public static bool Truth(string name, string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new StartupException($"{name} is \"{text}\"; write true or false"),
    };

    public static int Number(string name, string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value : throw new StartupException($"{name} is \"{text}\"; write a number");

    /// <summary>Bytes, or a number with k, m or g.</summary>
    public static long Size(string name, string text)
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

    /// <summary><c>nofile=1024:2048</c>, or of the file <c>nofile=Name=nofile,Hard=2048,Soft=1024</c>.</summary>
    public static UlimitRequest Ulimit(string text)
    {
        var equals = text.IndexOf('=');
        var rest = equals < 1 ? "" : text[(equals + 1)..];
        var numbers = rest.Contains('=')
            ? [.. Fields("default-ulimits", rest.Split(',')) is var all
                && all.TryGetValue("Soft", out var soft) && all.TryGetValue("Hard", out var hard)
                ? new[] { soft, hard } : []]
            : rest.Length == 0 ? [] : rest.Split(':');
        var isLimit = numbers.Length is 1 or 2 && numbers.All(
            number => long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        return isLimit
            ? new(text[..equals], long.Parse(numbers[0], CultureInfo.InvariantCulture),
                long.Parse(numbers[^1], CultureInfo.InvariantCulture))
            : throw new StartupException($"default-ulimit is \"{text}\"; write name=soft[:hard]");
    }

    /// <summary>Of a name given twice, the later value counts.</summary>
    public static Dictionary<string, string> Pairs(string name, IReadOnlyList<string> values) => Fields(name, values);

    /// <summary><c>base=10.10.0.0/16,size=24</c>.</summary>
    public static SubnetPool Pool(string text)
    {
        var pairs = Fields("default-address-pool", text.Split(','));
        return pairs.TryGetValue("base", out var range) && pairs.TryGetValue("size", out var size)
            ? new SubnetPool(range, Number("size", size))
            : throw new StartupException($"default-address-pool is \"{text}\"; write base=10.10.0.0/16,size=24");
    }

    /// <summary><c>bridge=option=value[,option=value]</c>: options of each network of a driver.</summary>
    public static Dictionary<string, string> BridgeOptions(IReadOnlyList<string> values)
    {
        var all = new Dictionary<string, string>();
        foreach (var value in values)
        {
            var equals = value.IndexOf('=');
            if (equals < 1)
                throw new StartupException($"default-network-opt is \"{value}\"; write bridge=option=value");
            if (value[..equals] != "bridge")
                throw new StartupException(
                    $"default-network-opt is \"{value}\"; only networks of the driver bridge have options of the daemon");
            foreach (var (key, text) in Fields("default-network-opt", value[(equals + 1)..].Split(',')))
                all[key] = text;
        }

        return all;
    }

    /// <summary><c>gpu=4</c> or <c>gpu=uuid-1</c>, as dockerd's node-generic-resource.</summary>
    public static GenericResourceSetting GenericResource(string text)
    {
        var parts = text.Split('=', 2);
        if (parts is not [{ Length: > 0 } kind, { Length: > 0 } value])
            throw new StartupException($"node-generic-resource is \"{text}\"; write KIND=COUNT or KIND=NAME");
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new(kind, count, null) : new(kind, null, value);
    }

    private static Dictionary<string, string> Fields(string name, IReadOnlyList<string> pairs)
    {
        var all = new Dictionary<string, string>();
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=');
            all[equals > 0 ? pair[..equals] : throw new StartupException($"{name} is \"{pair}\"; write key=value")] =
                pair[(equals + 1)..];
        }

        return all;
    }
}
