using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>The grammar of <c>--network type=pipe,interface=br1,address=10.1.0.2/24</c>.</summary>
internal static class PipeField
{
    /// <summary>What a service's <c>--network</c> is told by to be a pipe.</summary>
    public static bool IsPipe(string text) => text.Split(',').Contains("type=pipe");

    /// <exception cref="FormatException">An unknown key, or one that is missing.</exception>
    public static PipeRequest Parse(string text)
    {
        var pipe = new PipeRequest();
        var (mac, vlan) = ("", "");
        foreach (var (key, value) in CsvFields.Parse(text))
        {
            switch (key)
            {
                case "type": break;
                case "interface": pipe.HostInterface = value ?? ""; break;
                case "name": pipe.Interface = value ?? ""; break;
                case "local": pipe.LocalInterface = value ?? ""; break;
                case "address": pipe.Address = value ?? ""; break;
                case "mac": mac = value ?? ""; break;
                case "vlan": vlan = "@" + value; break;
                case "family": pipe.Family = value ?? ""; break;
                case "direct-phys": pipe.DirectPhys = value is null or "true" or "1"; break;
                default: throw new FormatException(
                    $"invalid field key {key} of a pipe: it has interface, address, name, local, mac, vlan, family, direct-phys");
            }
        }

        pipe.MacAndVlan = mac + vlan;
        if (pipe.HostInterface.Length == 0)
            throw new FormatException("a pipe needs interface=BRIDGE or a network card: type=pipe,interface=br1,address=dhcp");
        if (pipe.Address.Length == 0)
            throw new FormatException("a pipe needs address=IP/LEN[@GATEWAY], FIRST-LAST/LEN, dhcp, or 0/0 for none");
        return pipe;
    }

    /// <summary>Those that <c>--network-rm type=pipe,name=eth1</c> or <c>type=pipe,interface=br1</c> means.</summary>
    public static bool Matches(string text, PipeRequest pipe) => CsvFields.Parse(text).TrueForAll(field => field.Key switch
    {
        "type" => true,
        "name" => field.Value == (pipe.Interface.Length > 0 ? pipe.Interface : "eth1"),
        "interface" => field.Value == pipe.HostInterface,
        _ => throw new FormatException("name a pipe to remove by name= or interface="),
    });
}
