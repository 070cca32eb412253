using System.Net.Sockets;

namespace Orchestrator.Network.Pipes;

/// <summary>Options of a DHCP client after the colon, in the words of busybox's udhcpc. Pure.</summary>
internal static class DhcpWords
{
    // Whether and how a process stays, speaks or gives up: ours is none, is quiet and never does.
    private static readonly string[] OfProcesses = ["-f", "-q", "-b", "-n", "-S", "-R", "-v", "-a", "-o"];

    public static PipeConfig Read(PipeConfig config, string word)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        var reader = new WordReader(
            colon < 0 ? [] : word[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        while (!reader.IsAtEnd)
        {
            if (reader.Take("-r", "--request"))
                config = config with { DhcpAddress = Checked(reader) };
            else if (reader.Take("-x"))
                config = config with { DhcpHostname = Hostname(reader) };
            else if (reader.Take("-H", "-F", "-h"))
                config = config with { DhcpHostname = reader.Next("a name") };
            else if (reader.Take("-t", "-T", "-A"))
                reader.Number("a number"); // How often and how long: ours asks until there is an answer.
            else if (!reader.Take(OfProcesses))
                throw reader.Unknown();
        }

        return config;
    }

    private static string Checked(WordReader reader) =>
        reader.Address("the address") is { AddressFamily: AddressFamily.InterNetwork } address
            ? address.ToString() : throw WordReader.Invalid("DHCP lends IPv4 addresses");

    private static string Hostname(WordReader reader)
    {
        var option = reader.Next("an option");
        return option.StartsWith("hostname:", StringComparison.Ordinal)
            ? option["hostname:".Length..].Trim('\'', '"')
            : throw WordReader.Invalid($"of -x only hostname: is understood, not \"{option}\"");
    }
}
