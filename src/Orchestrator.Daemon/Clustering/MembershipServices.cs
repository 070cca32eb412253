using Microsoft.Extensions.Logging;
using Orchestrator.Daemon.Hosting;
using Orchestrator.Registry;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What a membership uses of this host, whichever cluster it is in.</summary>
internal sealed record MembershipServices(
    NodeServices Node, ImageRegistry Registry, NodeDescriber Describer, TimeProvider Time, ILoggerFactory Loggers);
