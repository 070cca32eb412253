namespace Orchestrator.Model;

/// <summary>Names that links of hosts and containers can have. Pure.</summary>
public static class LinkName
{
    /// <summary>docker's option for the name of a network's bridge.</summary>
    public const string BridgeOption = "com.docker.network.bridge.name";

    /// <summary>What <see cref="IsValid"/> asks for.</summary>
    public const string Rule = "1 to 15 letters, digits, and _ . - @";

    /// <remarks>The kernel takes more, but a name stands in rules too, where quotes and asterisks have their own meaning.
    /// Source: dev_valid_name() in net/core/dev.c.</remarks>
    public static bool IsValid(string name) => name.Length is >= 1 and <= 15 && name is not ("." or "..")
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '@');
}
