using Microsoft.Extensions.Logging;
using Orchestrator.Agent.Sharing;
using Orchestrator.Daemon.Hosting;
using Orchestrator.Registry;
using Orchestrator.Registry.Upstream;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What a membership uses of this host, whichever cluster it is in.</summary>
/// <param name="Alone">The registry of a node that is no manager, with names of its own.</param>
/// <param name="Cache">What a manager's registry has of another one's; null: nothing.</param>
internal sealed record MembershipServices(
    NodeServices Node, ImageRegistry Alone, PullThroughCache? Cache, ClusterRegistry Registries,
    NodeDescriber Describer, UploadRate Uploads, TimeProvider Time, ILoggerFactory Loggers);
