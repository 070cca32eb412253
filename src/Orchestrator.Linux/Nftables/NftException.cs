namespace Orchestrator.Linux.Nftables;

/// <summary>An nft transaction was refused; the message is the library's first line, the script is kept for the
/// log.</summary>
#pragma warning disable CA1032 // Without script and text it would say nothing.
public sealed class NftException(string script, string text)
    : IOException($"nft: {text.Split('\n', 2)[0]}")
{
    public string Script { get; } = script;

    public string Text { get; } = text;
}
