using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Orchestrator.Protocol.Mapping;

/// <summary>Between the shared values of Model and of the wire. An absent message means the value's default.</summary>
public static class Values
{
    public static Timestamp ToProto(this DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    public static DateTimeOffset ToModel(this Timestamp? time) => time?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;

    public static P.Meta ToProto(this M.Meta meta) => new()
    {
        Version = meta.Version,
        CreatedAt = meta.CreatedAt.ToProto(),
        UpdatedAt = meta.UpdatedAt.ToProto(),
    };

    public static M.Meta ToModel(this P.Meta? meta) => meta is null
        ? M.Meta.Empty
        : new(meta.Version, meta.CreatedAt.ToModel(), meta.UpdatedAt.ToModel());

    public static P.Annotations ToProto(this M.Annotations annotations) =>
        new() { Name = annotations.Name, Labels = { annotations.Labels } };

    public static M.Annotations ToModel(this P.Annotations? annotations) => annotations is null
        ? M.Annotations.Named("")
        : new(annotations.Name, annotations.Labels.Sorted());

    public static P.Resources ToProto(this M.Resources resources) =>
        new() { NanoCpus = resources.NanoCpus, MemoryBytes = resources.MemoryBytes };

    public static M.Resources ToModel(this P.Resources? resources) =>
        resources is null ? M.Resources.None : new(resources.NanoCpus, resources.MemoryBytes);

    public static P.Platform ToProto(this M.Platform platform) =>
        new() { Os = platform.Os, Architecture = platform.Architecture };

    public static M.Platform ToModel(this P.Platform? platform) =>
        new(platform?.Os ?? "", platform?.Architecture ?? "");

    public static P.PortConfig ToProto(this M.PortConfig port) => new()
    {
        Protocol = (P.PortProtocol)port.Protocol,
        TargetPort = port.TargetPort,
        PublishedPort = port.PublishedPort,
        Mode = (P.PublishMode)port.Mode,
        Name = port.Name,
        HostIp = port.HostIp,
        Source = (P.SourceAddress)port.Source,
        Prefer = (P.TaskPreference)port.Prefer,
        ProxyHeader = port.HasProxyHeader,
    };

    public static M.PortConfig ToModel(this P.PortConfig port) => new(
        (M.PortProtocol)port.Protocol, port.TargetPort, port.PublishedPort, (M.PublishMode)port.Mode, port.Name)
    {
        HostIp = port.HostIp,
        Source = (M.SourceAddress)port.Source,
        Prefer = (M.TaskPreference)port.Prefer,
        HasProxyHeader = port.ProxyHeader,
    };

    public static P.HttpRoute ToProto(this M.HttpRoute route) => new()
    {
        Host = route.Host, Path = route.Path, TargetPort = route.TargetPort,
        SecretId = route.SecretId.Value, SecretName = route.SecretName,
        Prefer = (P.TaskPreference)route.Prefer, Http2 = route.IsHttp2,
    };

    public static M.HttpRoute ToModel(this P.HttpRoute route) =>
        new(route.Host, route.Path, route.TargetPort)
        {
            SecretId = new(route.SecretId), SecretName = route.SecretName,
            Prefer = (M.TaskPreference)route.Prefer, IsHttp2 = route.Http2,
        };

    public static P.IpamPool ToProto(this M.IpamPool pool) =>
        new() { Subnet = pool.Subnet, Gateway = pool.Gateway, Range = pool.Range, Auxiliary = { pool.Auxiliary } };

    public static M.IpamPool ToModel(this P.IpamPool pool) => new(pool.Subnet, pool.Gateway, pool.Range)
    {
        Auxiliary = pool.Auxiliary.Sorted(),
    };

    public static P.TaskStatus ToProto(this M.TaskStatus status) => new()
    {
        Timestamp = status.Timestamp.ToProto(),
        State = (P.TaskState)status.State,
        Message = status.Message,
        Error = status.Error,
        Container = status.Container is { } c
            ? new P.ContainerStatus { ContainerId = c.ContainerId, Pid = c.Pid, ExitCode = c.ExitCode }
            : null,
        HostPorts = { status.HostPorts.Select(ToProto) },
    };

    public static M.TaskStatus ToModel(this P.TaskStatus? status) => status is null ? new() : new()
    {
        Timestamp = status.Timestamp.ToModel(),
        State = (M.TaskState)status.State,
        Message = status.Message,
        Error = status.Error,
        Container = status.Container is { } c ? new(c.ContainerId, c.Pid, c.ExitCode) : null,
        HostPorts = status.HostPorts.Array(ToModel),
    };

    public static P.NodeDescription ToProto(this M.NodeDescription description) => new()
    {
        Hostname = description.Hostname,
        Platform = description.Platform.ToProto(),
        Resources = description.Resources.ToProto(),
        EngineVersion = description.EngineVersion,
        EngineLabels = { description.EngineLabels },
        NetworkFeatures = { description.NetworkFeatures },
        WireguardKey = description.WireGuardKey,
        UnderlayMtu = description.UnderlayMtu,
        EspEpoch = description.EspEpoch,
        Routes = { description.Routes },
        Links = { description.Links },
        ConfigNetworks = { description.ConfigNetworks },
    };

    public static M.NodeDescription ToModel(this P.NodeDescription description) => new()
    {
        Hostname = description.Hostname,
        Platform = description.Platform.ToModel(),
        Resources = description.Resources.ToModel(),
        EngineVersion = description.EngineVersion,
        EngineLabels = description.EngineLabels.Sorted(),
        NetworkFeatures = description.NetworkFeatures.Sorted(),
        WireGuardKey = description.WireguardKey,
        UnderlayMtu = description.UnderlayMtu,
        EspEpoch = description.EspEpoch,
        Routes = description.Routes.Strings(),
        Links = description.Links.Strings(),
        ConfigNetworks = description.ConfigNetworks.Sorted(),
    };

    internal static ImmutableArray<TTo> Array<TFrom, TTo>(this RepeatedField<TFrom> field, Func<TFrom, TTo> map) =>
        [.. field.Select(map)];

    internal static ImmutableArray<string> Strings(this RepeatedField<string> field) => [.. field];

    internal static ImmutableSortedDictionary<string, string> Sorted(this MapField<string, string> map) =>
        map.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
