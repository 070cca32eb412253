using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

#pragma warning disable CA1028 // The kernel's bits and types.
/// <summary>What is done with a device node, in the kernel's bits.</summary>
[Flags]
internal enum DeviceUse
{
    None = 0,
    MakeNode = 1,
    Read = 2,
    Write = 4,
    All = 7,
}

/// <summary>The kernel's numbers for types of devices; 0 is either.</summary>
internal enum DeviceType
{
    Any = 0,
    Block = 1,
    Char = 2,
}

/// <summary>One rule, checked.</summary>
/// <param name="Major">Null: every one.</param>
/// <param name="Minor">Null: every one.</param>
/// <param name="Field">Its place in config.json.</param>
internal sealed record DeviceAccess(
    bool Allow, DeviceType Type, uint? Major, uint? Minor, DeviceUse Use, string Field)
{
    /// <summary>All devices, each use of them.</summary>
    public bool IsEverything => this is { Type: DeviceType.Any, Major: null, Minor: null, Use: DeviceUse.All };

    /// <summary>The rules, checked, after one that denies everything: what no rule names is not allowed.</summary>
    /// <exception cref="RuntimeException">Names the rule.</exception>
    public static IReadOnlyList<DeviceAccess> Parse(IReadOnlyList<DeviceRule> rules) =>
    [
        new(false, DeviceType.Any, null, null, DeviceUse.All, "devices"),
        .. WriteList.Each(rules, "devices").Select(r => Parse(r.Item, r.Field)),
    ];

    private static DeviceAccess Parse(DeviceRule rule, string field) => new(
        rule.Allow,
        rule.Type switch
        {
            null or "" or "a" => DeviceType.Any,
            "b" => DeviceType.Block,
            "c" => DeviceType.Char,
            _ => throw WriteList.Fault($"{field}.type", $"\"{rule.Type}\"", "it must be a, b or c"),
        },
        Number(rule.Major, $"{field}.major"),
        Number(rule.Minor, $"{field}.minor"),
        string.IsNullOrEmpty(rule.Access) ? DeviceUse.All
            : rule.Access.Aggregate(DeviceUse.None, (all, c) => all | UseOf(c, rule.Access, field)),
        field);

    private static DeviceUse UseOf(char letter, string all, string field) => letter switch
    {
        'r' => DeviceUse.Read,
        'w' => DeviceUse.Write,
        'm' => DeviceUse.MakeNode,
        _ => throw WriteList.Fault($"{field}.access", $"\"{all}\"", "it is made of r, w and m"),
    };

    private static uint? Number(long? number, string field) => number switch
    {
        null or -1 => null,
        >= 0 and <= int.MaxValue => (uint)number,
        _ => throw WriteList.Fault(field, number, "it is a number, or -1 for every one"),
    };
}
