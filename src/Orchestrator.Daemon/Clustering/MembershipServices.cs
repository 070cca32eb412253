using Microsoft.Extensions.Logging;
using Orchestrator.Daemon.Hosting;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What a membership uses of this host, whichever cluster it is in.</summary>
internal sealed record MembershipServices(
    NodeServices Node, NodeDescriber Describer, TimeProvider Time, ILoggerFactory Loggers);
