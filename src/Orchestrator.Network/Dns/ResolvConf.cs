using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Network.Dns;

/// <summary>A resolv.conf, parsed. Source: resolv.conf(5).</summary>
internal sealed record ResolvConf(
    ImmutableArray<string> Servers, ImmutableArray<string> Search, ImmutableArray<string> Options)
{
    public static ResolvConf Empty { get; } = new([], [], []);

    /// <summary>Reads the file; unreadable counts as empty.</summary>
    public static ResolvConf Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (IOException)
        {
            return Empty;
        }
        catch (UnauthorizedAccessException)
        {
            return Empty;
        }
    }

    public static ResolvConf Parse(string text)
    {
        var (servers, search, options) = (new List<string>(), Array.Empty<string>(), new List<string>());
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var server, ..] when IPAddress.TryParse(server, out _):
                    servers.Add(server);
                    break;
                case ["search" or "domain", .. var domains]:
                    search = domains;
                    break;
                case ["options", .. var more]:
                    options.AddRange(more);
                    break;
            }
        }

        return new ResolvConf([.. servers], [.. search], [.. options]);
    }

    public override string ToString()
    {
        var lines = Servers.Select(s => $"nameserver {s}\n");
        if (!Search.IsEmpty)
            lines = lines.Append($"search {string.Join(' ', Search)}\n");
        if (!Options.IsEmpty)
            lines = lines.Append($"options {string.Join(' ', Options)}\n");
        return string.Concat(lines);
    }

    /// <summary>A resolver at a loopback address is the host's own: no container reaches it from its
    /// namespace.</summary>
    public static bool IsLoopback(string server) =>
        IPAddress.TryParse(server, out var address) && IPAddress.IsLoopback(address);
}
