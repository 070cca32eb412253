using Orchestrator.Api.Swarm;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>One look at a service: its tasks of the newest spec, and the nodes that are not down.</summary>
internal sealed record ServiceView(Service Service, SwarmTask[] Tasks, IReadOnlySet<string> ActiveNodes);
