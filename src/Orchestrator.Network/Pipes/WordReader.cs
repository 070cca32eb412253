using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Pipes;

/// <summary>The words of a command of iproute2, read from the left; what cannot be read is named, and what might have
/// stood there.</summary>
internal sealed class WordReader(IReadOnlyList<string> words)
{
    // What was looked for, in vain, where the reader is now.
    private readonly List<string> expected = [];
    private int at;

    public bool IsAtEnd => at >= words.Count;

    public string? Peek => IsAtEnd ? null : words[at];

    public string Next(string what)
    {
        if (IsAtEnd)
            throw Invalid($"{what} is missing");
        expected.Clear();
        return words[at++];
    }

    /// <summary>Takes the next word if it is that one.</summary>
    /// <param name="one">The word and others for it; the first is what a user is told of.</param>
    public bool Take(params ReadOnlySpan<string> one)
    {
        if (IsAtEnd || !one.Contains(words[at]))
        {
            expected.Add(one[0]);
            return false;
        }

        expected.Clear();
        at++;
        return true;
    }

    public uint Number(string what)
    {
        var text = Next(what);
        var isHex = text.StartsWith("0x", StringComparison.Ordinal);
        return uint.TryParse(
            isHex ? text[2..] : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture, out var number)
            ? number : throw Invalid($"invalid {what} \"{text}\": give a number");
    }

    public IPAddress Address(string what)
    {
        var text = Next(what);
        return TryAddress(text, out var address)
            ? address : throw Invalid($"{what} is expected to be an address rather than \"{text}\"");
    }

    /// <summary>An address or a block of them; host bits are cut off. Null: <c>default</c> or <c>all</c>.</summary>
    public IPNetwork? Prefix(string what)
    {
        var text = Next(what);
        if (text is "default" or "all" or "any" or "0/0")
            return null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryAddress(slash < 0 ? text : text[..slash], out var address))
            throw Invalid($"{what} is expected to be a prefix rather than \"{text}\"");
        var longest = address.GetAddressBytes().Length * 8;
        var length = longest;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length)
            || length > longest))
            throw Invalid($"{what} is expected to be a prefix rather than \"{text}\"");
        return PipeAddress.NetworkOf(address, length);
    }

    public int Table()
    {
        var text = Next("table");
        return text switch
        {
            "main" => RouteSpec.MainTable,
            "local" => 255,
            "default" => 253,
            _ => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var table) && table > 0
                ? table : throw Invalid($"invalid table \"{text}\": give a number, main, local or default"),
        };
    }

    /// <summary>Index of a link.</summary>
    public int Link(LinkLookup links)
    {
        var name = Next("the name after dev");
        return links(name) ?? throw Invalid($"Cannot find device \"{name}\"");
    }

    public NetworkException Unknown() => Invalid(expected.Count == 0
        ? $"\"{Peek}\" is not understood here: nothing more is expected"
        : $"\"{Peek}\" is not understood here: expected {string.Join(", ", expected.Distinct())}");

    public static NetworkException Invalid(string what) => new(NetworkFault.Invalid, what);

    private static bool TryAddress(string text, out IPAddress address) => IPAddress.TryParse(text, out address!)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3);
}
