using Microsoft.Extensions.Logging;
using Orchestrator.Model;

namespace Orchestrator.Manager.Sharing;

internal static partial class SharingLog
{
    [LoggerMessage(1901, LogLevel.Warning,
        "Node {Liar} gave node {Victim} content that is not {Blob}; look at its disk: orch system check --repair")]
    public static partial void Lied(ILogger logger, NodeId liar, string blob, NodeId victim);
}
