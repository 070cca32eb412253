using Microsoft.Extensions.Logging;

namespace Orchestrator.Manager.Allocation;

internal static partial class AllocatorLog
{
    [LoggerMessage(1201, LogLevel.Debug, "Allocating for {Networks} networks, {Services} services, {Tasks} tasks")]
    public static partial void Allocated(ILogger logger, int networks, int services, int tasks);
}
