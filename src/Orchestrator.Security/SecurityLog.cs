using Microsoft.Extensions.Logging;

namespace Orchestrator.Security;

internal static partial class SecurityLog
{
    [LoggerMessage(1, LogLevel.Information, "Certificate of node {Node} renewed as {Role}; valid until {NotAfter:u}")]
    public static partial void Renewed(ILogger log, NodeId node, string role, DateTimeOffset notAfter);

    [LoggerMessage(2, LogLevel.Warning, "Certificate not renewed, will try again (valid until {NotAfter:u}): {Reason}")]
    public static partial void RenewalFailed(ILogger log, DateTimeOffset notAfter, string reason);
}
