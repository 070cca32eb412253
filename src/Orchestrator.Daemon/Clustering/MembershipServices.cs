using Microsoft.Extensions.Logging;
using Orchestrator.Agent.Sharing;
using Orchestrator.Daemon.Hosting;
using Orchestrator.Registry;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What a membership uses of this host, whichever cluster it is in.</summary>
/// <param name="Alone">The registry of a node that is no manager, with names of its own.</param>
internal sealed record MembershipServices(
    NodeServices Node, ImageRegistry Alone, ClusterRegistry Registries, NodeDescriber Describer, UploadRate Uploads,
    TimeProvider Time, ILoggerFactory Loggers);
