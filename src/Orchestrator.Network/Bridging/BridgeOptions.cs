using System.Net.Sockets;
using Orchestrator.Network.Addressing;

namespace Orchestrator.Network.Bridging;

/// <summary>docker's options of a bridge that are not any text. Pure.</summary>
public static class BridgeOptions
{
    public const string Icc = "com.docker.network.bridge.enable_icc";
    public const string Masquerade = "com.docker.network.bridge.enable_ip_masquerade";
    public const string HostBinding = "com.docker.network.bridge.host_binding_ipv4";
    public const string IPv6 = "com.docker.network.enable_ipv6";

    /// <param name="fallback">Where it is not given; and where it is none of the words, as a record of a former version may
    /// have it: that bridge goes on as it did.</param>
    public static bool IsOn(IReadOnlyDictionary<string, string> options, string option, bool fallback) =>
        options.TryGetValue(option, out var text) ? Switch(text) ?? fallback : fallback;

    /// <returns>One line that names option, value and remedy; null: they are as they can be.</returns>
    public static string? FaultOf(IReadOnlyDictionary<string, string> options)
    {
        foreach (var option in (string[])[Icc, Masquerade, IPv6])
        {
            if (options.TryGetValue(option, out var text) && Switch(text) is null)
                return $"invalid option {option}={text}: give true or false";
        }

        return options.TryGetValue(HostBinding, out var binding) && !IsIPv4(binding)
            ? $"invalid option {HostBinding}={binding}: give an address of IPv4, such as 127.0.0.1" : null;
    }

    /// <summary>The words that docker takes, and no others: one that is taken for yes opens a network that was to be
    /// closed.</summary>
    /// <remarks>Source: Go, strconv.ParseBool.</remarks>
    private static bool? Switch(string text) => text switch
    {
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => null,
    };

    private static bool IsIPv4(string text) =>
        Subnet.TryParseAddress(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork;
}
