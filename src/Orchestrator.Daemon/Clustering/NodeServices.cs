using Microsoft.Extensions.Logging;
using Orchestrator.Engine;
using Orchestrator.Images;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What a membership uses of this host, whichever cluster it is in.</summary>
internal sealed record NodeServices(
    ContainerEngine Engine, ImageService Images, NodeNetwork Network, NodeDescriber Describer, TimeProvider Time,
    ILoggerFactory Loggers);
