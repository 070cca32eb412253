using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>The flags before the command.</summary>
internal sealed class GlobalFlags
{
    public GlobalFlags()
    {
        Host = Flags.String(
            "host", 'H',
            $"Daemon to talk to: unix:///path or tcp://host:port (ORCH_HOST, else {DaemonAddress.Default})");
        Version = Flags.Bool("version", 'v', "Print the version and quit");
        Help = Flags.Bool("help", null, "Print this text");
        Flags.Add(new BoolFlag("debug", 'D', "Accepted for docker's sake") { Hidden = true });
        Flags.Add(
            new ValueFlag<string>(
            "log-level", 'l', "string", "Accepted for docker's sake", "", static s => s) { Hidden = true });
    }

    public FlagSet Flags { get; } = new();

    public ValueFlag<string> Host { get; }

    public BoolFlag Version { get; }

    public BoolFlag Help { get; }
}
