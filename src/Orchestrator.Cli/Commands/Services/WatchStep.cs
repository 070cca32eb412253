namespace Orchestrator.Cli.Commands.Services;

/// <summary>What one look at a service means for the wait.</summary>
internal abstract record WatchStep
{
    public sealed record GoOn : WatchStep;

    public sealed record Done : WatchStep;

    public sealed record Failed(string Message) : WatchStep;
}
