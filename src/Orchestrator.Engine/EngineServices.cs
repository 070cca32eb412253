using Microsoft.Extensions.Logging;
using Orchestrator.Images;
using Orchestrator.Network;

namespace Orchestrator.Engine;

/// <summary>What the engine builds on. All are open when the engine is opened, and outlive it.</summary>
public sealed record EngineServices(
    ImageService Images, NodeNetwork Network, TimeProvider Time, ILoggerFactory Logging);
