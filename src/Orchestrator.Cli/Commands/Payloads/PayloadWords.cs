namespace Orchestrator.Cli.Commands.Payloads;

/// <summary>Secrets and configs have the same commands under two words.</summary>
/// <param name="Noun">What the command line calls one.</param>
/// <param name="Path">Where the API has them.</param>
internal sealed record PayloadWords(string Noun, string Path)
{
    public static PayloadWords Secret { get; } = new("secret", "/secrets");

    public static PayloadWords Config { get; } = new("config", "/configs");

    public bool IsSecret => this == Secret;

    public string Argument => Noun.ToUpperInvariant();
}
