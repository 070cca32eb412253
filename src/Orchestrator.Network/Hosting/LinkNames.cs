using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Hosting;

/// <summary>Names of kernel objects: derived from ids, so that whoever comes after a crash finds the same
/// ones.</summary>
internal static class LinkNames
{
    /// <summary>Every link of ours carries this at the start of its IFALIAS.</summary>
    public const string Mark = "orch:";

    public static bool IsOurs(LinkInfo link) => link.Alias.StartsWith(Mark, StringComparison.Ordinal);

    public static string EndpointId(string containerId, string networkId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{containerId}/{networkId}")));

    public static string HostEnd(string endpointId) => $"veth{endpointId[..8]}";

    public static string AliasOf(string containerId, string networkId) => $"{Mark}{containerId}:{networkId}";

    /// <summary>Somebody chose the name of its bridge, which may have been there before us.</summary>
    public static bool IsNamed(NetworkConfig network) => network.Options.ContainsKey(Model.LinkName.BridgeOption);

    public static string BridgeOf(NetworkConfig network) =>
        network.Options.TryGetValue(Model.LinkName.BridgeOption, out var name) ? name : $"br-{network.Id[..12]}";

    public static string NewId() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    public static string ShortId(string containerId) => containerId[..Math.Min(12, containerId.Length)];

    public static string Hex(int number) => number.ToString("x", CultureInfo.InvariantCulture);
}
