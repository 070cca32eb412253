namespace Orchestrator.Cli.Contexts;

/// <summary>What the flags before the command said; empty and null: nothing.</summary>
internal sealed record EndpointChoice
{
    public string ConfigFolder { get; init; } = "";

    public string Context { get; init; } = "";

    public string Host { get; init; } = "";

    public bool Tls { get; init; }

    public bool? TlsVerify { get; init; }

    public string CaFile { get; init; } = "";

    public string CertificateFile { get; init; } = "";

    public string KeyFile { get; init; } = "";
}
