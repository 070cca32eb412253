using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>The flags before the command.</summary>
internal sealed class GlobalFlags
{
    private readonly ValueFlag<string> _config;
    private readonly ValueFlag<string> _context;
    private readonly ValueFlag<string> _host;
    private readonly BoolFlag _tls;
    private readonly BoolFlag _tlsVerify;
    private readonly ValueFlag<string> _ca;
    private readonly ValueFlag<string> _certificate;
    private readonly ValueFlag<string> _key;

    public GlobalFlags()
    {
        _config = Flags.String("config", null, "Folder of settings, logins and contexts (ORCH_CONFIG, else ~/.orch)");
        _context = Flags.String(
            "context", 'c', "Context that names the daemon (ORCH_CONTEXT, else the one that 'orch context use' set)");
        Flags.Bool("debug", 'D', "Accepted for docker's sake");
        Help = Flags.Bool("help", null, "Print this text");
        _host = Flags.String(
            "host", 'H',
            "Daemon to talk to: unix:///path, tcp://host:port or ssh://user@host "
            + $"(ORCH_HOST, else {DaemonAddress.Default})");
        Flags.Add(new ValueFlag<string>(
            "log-level", 'l', "string", "Accepted for docker's sake", "", CheckLevel));
        _tls = Flags.Bool("tls", null, "Speak TLS; implied by --tlsverify");
        _ca = Flags.String("tlscacert", null, "Authority to trust (ORCH_CERT_PATH/ca.pem, else ~/.orch/ca.pem)");
        _certificate = Flags.String("tlscert", null, "Certificate to show (…/cert.pem)");
        _key = Flags.String("tlskey", null, "Key of that certificate (…/key.pem)");
        _tlsVerify = Flags.Bool("tlsverify", null, "Speak TLS, and verify the daemon (ORCH_TLS_VERIFY)");
        Version = Flags.Bool("version", 'v', "Print the version and quit");
    }

    public FlagSet Flags { get; } = new();

    public BoolFlag Version { get; }

    public BoolFlag Help { get; }

    public EndpointChoice ToChoice() => new()
    {
        ConfigFolder = _config.Value,
        Context = _context.Value,
        Host = _host.Value,
        Tls = _tls,
        TlsVerify = _tlsVerify.IsSet ? _tlsVerify.Value : null,
        CaFile = _ca.Value,
        CertificateFile = _certificate.Value,
        KeyFile = _key.Value,
    };

    private static string CheckLevel(string text) =>
        text is "debug" or "info" or "warn" or "error" or "fatal" ? text
            : throw new FormatException($"unable to parse logging level: {text}");
}
