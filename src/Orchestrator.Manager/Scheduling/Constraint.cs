using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.RegularExpressions;
using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling;

/// <summary>
/// One placement constraint, such as <c>node.labels.zone == east</c>; values are compared without regard to case.
/// </summary>
/// <param name="Key">As typed, such as <c>node.labels.zone</c>.</param>
/// <param name="Equal">False for <c>!=</c>.</param>
internal sealed partial record Constraint(string Key, bool Equal, string Value)
{
    private const string NodeLabel = "node.labels.";
    private const string EngineLabel = "engine.labels.";

    /// <summary>Reads a constraint as users type it.</summary>
    /// <param name="fault">What is wrong with it, as one clause; null when it is read.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Constraint? constraint, out string? fault)
    {
        constraint = null;
        var parts = Form().Match(text);
        fault = parts.Success ? Check(parts.Groups["key"].Value, parts.Groups["value"].Value)
            : "it is not KEY==VALUE or KEY!=VALUE";
        if (fault is null)
            constraint = new(parts.Groups["key"].Value, parts.Groups["op"].Value == "==", parts.Groups["value"].Value);
        return fault is null;
    }

    /// <summary>Those of <paramref name="texts"/> that can be read; the control API lets no others in.</summary>
    public static IReadOnlyList<Constraint> ParseAll(IEnumerable<string> texts) =>
        [.. texts.Select(text => TryParse(text, out var parsed, out _) ? parsed : null).OfType<Constraint>()];

    public bool Matches(Node node) => Holds(node) == Equal;

    /// <summary>The node's value of an attribute such as <c>node.labels.zone</c>; empty when it has none.</summary>
    public static string AttributeOf(Node node, string key) => key switch
    {
        "node.id" => node.Id.Value,
        "node.hostname" => node.Description?.Hostname ?? "",
        "node.ip" => node.Status.Address,
        "node.role" => node.Role == NodeRole.Manager ? "manager" : "worker",
        "node.platform.os" => node.Description?.Platform.Os ?? "",
        "node.platform.arch" => node.Description?.Platform.Architecture ?? "",
        _ when key.StartsWith(NodeLabel, StringComparison.Ordinal) =>
            node.Spec.Annotations.Labels.GetValueOrDefault(key[NodeLabel.Length..], ""),
        _ when key.StartsWith(EngineLabel, StringComparison.Ordinal) =>
            node.Description?.EngineLabels.GetValueOrDefault(key[EngineLabel.Length..], "") ?? "",
        _ => "",
    };

    public override string ToString() => $"{Key} {(Equal ? "==" : "!=")} {Value}";

    private bool Holds(Node node)
    {
        var actual = AttributeOf(node, Key);
        return Key switch
        {
            "node.ip" =>
                IPAddress.TryParse(actual, out var address) && Network(Value) is { } range && range.Contains(address),
            "node.platform.arch" => Architecture(actual) == Architecture(Value),
            _ => string.Equals(actual, Value, StringComparison.OrdinalIgnoreCase),
        };
    }

    private static string? Check(string key, string value) => key switch
    {
        "node.id" or "node.hostname" or "node.platform.os" or "node.platform.arch" => null,
        "node.role" when value.ToLowerInvariant() is not ("manager" or "worker") => "node.role is manager or worker",
        "node.role" => null,
        "node.ip" => Network(value) is null ? $"{value} is no address and no CIDR" : null,
        _ when key.Length > NodeLabel.Length && key.StartsWith(NodeLabel, StringComparison.Ordinal) => null,
        _ when key.Length > EngineLabel.Length && key.StartsWith(EngineLabel, StringComparison.Ordinal) => null,
        _ => $"the key {key} is none of node.id, node.hostname, node.ip, node.role, node.platform.os, "
            + "node.platform.arch, node.labels.NAME, engine.labels.NAME",
    };

    private static IPNetwork? Network(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out var network) ? network
        : null;

    // The kernel's names and Go's mean the same machine.
    internal static string Architecture(string name) => name.ToLowerInvariant() switch
    {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        var other => other,
    };

    [GeneratedRegex("""^\s*(?<key>[a-zA-Z][a-zA-Z0-9._/-]*)\s*(?<op>==|!=)\s*(?<value>[^\s=!](.*\S)?)\s*$""")]
    private static partial Regex Form();
}
