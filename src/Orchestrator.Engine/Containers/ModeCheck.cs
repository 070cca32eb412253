namespace Orchestrator.Engine.Containers;

/// <summary>Namespaces that are shared with the host or with another container, and what contradicts that.</summary>
internal static class ModeCheck
{
    public const string Host = "host", None = "none", Private = "private", Shareable = "shareable";

    /// <param name="remapped">The daemon gives containers a user namespace.</param>
    public static void Check(ContainerSpec spec, ContainerTable table, bool remapped)
    {
        var host = spec.Host;
        Known(host.PidMode, "PID mode", table, Host);
        Known(host.IpcMode, "IPC mode", table, Host, None, Private, Shareable);
        Known(host.UtsMode, "UTS mode", table, Host);
        Known(host.CgroupnsMode, "cgroup namespace mode", null, Host, Private);
        Known(host.UsernsMode, "user namespace mode", null, Host);
        Refuse(
            spec.Hostname.Length > 0 && host.UtsMode is not ("" or Private),
            "conflicting options: hostname and the UTS mode");
        CheckNetwork(spec, table);
        CheckRemapped(host, remapped);
    }

    /// <returns>The container that a mode such as <c>container:web</c> names; null: it names none.</returns>
    public static string? ContainerOf(string mode) =>
        mode.StartsWith("container:", StringComparison.Ordinal) ? mode[10..] : null;

    /// <summary>Again at each start: the daemon's setting may have changed.</summary>
    public static void CheckRemapped(HostSpec host, bool remapped)
    {
        if (!remapped || host.UsernsMode == Host)
            return;
        Refuse(
            host.Privileged,
            "privileged mode is incompatible with user namespaces.  You must run the container in the host "
            + "namespace when running privileged mode: add --userns=host");
        Refuse(
            NetworkMode.Parse(host.NetworkMode).Kind == NetworkModeKind.Host,
            "cannot share the host's network namespace when user namespaces are enabled");
        Refuse(host.PidMode == Host, "cannot share the host PID namespace when user namespaces are enabled");
    }

    /// <param name="table">Where <c>container:ID</c> is looked up; null: it is not such a mode.</param>
    private static void Known(string mode, string what, ContainerTable? table, params string[] words)
    {
        if (ContainerOf(mode) is { Length: > 0 } other && table is not null)
            MustExist(table, other);
        else
            Refuse(mode.Length > 0 && !words.Contains(mode), $"invalid {what}: {mode}");
    }

    private static void CheckNetwork(ContainerSpec spec, ContainerTable table)
    {
        var host = spec.Host;
        var mode = NetworkMode.Parse(host.NetworkMode);
        if (mode.Kind != NetworkModeKind.Container)
            return;
        MustExist(table, mode.Name);
        Refuse(spec.Hostname.Length > 0, "conflicting options: hostname and the network mode");
        Refuse(host.Dns.Count > 0, "conflicting options: dns and the network mode");
        Refuse(host.ExtraHosts.Count > 0, "conflicting options: custom host-to-IP mapping and the network mode");
        Refuse(
            host.PortBindings.Count > 0 || host.PublishAllPorts,
            "conflicting options: port publishing and the container type network mode");
        Refuse(
            spec.ExposedPorts.Count > 0, "conflicting options: port exposing and the container type network mode");
    }

    /// <summary>Not as a 404: clients take that of a create for a missing image, and pull it.</summary>
    private static void MustExist(ContainerTable table, string container) =>
        Refuse(table.Find(container) is null, EngineException.NoSuchContainer(container).Message);

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
            throw EngineException.Invalid(message);
    }
}
