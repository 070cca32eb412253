using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Running;

internal static class Hostnames
{
    /// <summary>The host's with its network or UTS namespace, else what was asked for, else the short id.</summary>
    public static string Of(ContainerRecord record)
    {
        var host = record.Spec.Host;
        if (record.Spec.Hostname.Length > 0)
            return record.Spec.Hostname;
        return host.UtsMode == "host" || NetworkMode.Parse(host.NetworkMode).Kind == NetworkModeKind.Host
            ? Environment.MachineName
            : record.ShortId;
    }
}
