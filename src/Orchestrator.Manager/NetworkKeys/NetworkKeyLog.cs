using Microsoft.Extensions.Logging;

namespace Orchestrator.Manager.NetworkKeys;

internal static partial class NetworkKeyLog
{
    [LoggerMessage(1701, LogLevel.Information, "Keys of networks under IPsec: {Numbers}; sent under: {Primary}")]
    public static partial void Changed(ILogger logger, string numbers, int primary);
}
