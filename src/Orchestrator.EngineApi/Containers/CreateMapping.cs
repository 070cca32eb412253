using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Containers;

/// <summary>docker's create request in the engine's terms. Pure.</summary>
internal static class CreateMapping
{
    public static ContainerSpec ToSpec(Api.CreateContainerRequest request)
    {
        if (request.Image.Length == 0)
            throw EngineException.Invalid("config cannot be empty in order to create a container: name an image");
        return new ContainerSpec
        {
            Image = request.Image,
            Hostname = request.Hostname,
            Domainname = request.Domainname,
            User = request.User,
            Tty = request.Tty,
            ConsoleSize = Console(request.HostConfig?.ConsoleSize),
            OpenStdin = request.OpenStdin,
            StdinOnce = request.StdinOnce,
            AttachStdin = request.AttachStdin,
            AttachStdout = request.AttachStdout,
            AttachStderr = request.AttachStderr,
            Env = request.Env ?? [],
            Command = request.Cmd,
            Entrypoint = request.Entrypoint,
            WorkingDirectory = request.WorkingDir,
            Labels = request.Labels ?? [],
            StopSignal = request.StopSignal ?? "",
            StopTimeoutSeconds = request.StopTimeout,
            ExposedPorts = [.. (request.ExposedPorts ?? []).Keys],
            Volumes = [.. (request.Volumes ?? []).Keys],
            Health = request.Healthcheck is { } health ? Health(health) : null,
            Host = HostMapping.ToSpec(request.HostConfig ?? new Api.HostConfig()),
            Networks = Networks(request),
        };
    }

    /// <param name="size">Rows, then columns; zeros and nothing mean that nobody knows.</param>
    public static ConsoleSize? Console(uint[]? size) => size switch
    {
        null or [] or [0, 0] => null,
        [<= ushort.MaxValue and var rows, <= ushort.MaxValue and var columns] => new(rows, columns),
        _ => throw EngineException.Invalid("invalid ConsoleSize: write [rows, columns], each at most 65535"),
    };

    public static EndpointConfig Endpoint(string network, Api.EndpointSettings? settings, string? mac = null) => new()
    {
        NetworkId = network,
        IPv4 = NullIfEmpty(settings?.IPAMConfig?.IPv4Address),
        IPv6 = NullIfEmpty(settings?.IPAMConfig?.IPv6Address),
        Mac = NullIfEmpty(settings?.MacAddress) ?? NullIfEmpty(mac),
        Aliases = [.. settings?.Aliases ?? []],
        Options = settings?.DriverOpts?.ToImmutableDictionary(),
        Links = Links(settings?.Links),
    };

    private static ImmutableArray<NameLink> Links(string[]? links) =>
        [.. (links ?? []).Select(LinkSpec.Parse).Select(link => new NameLink(link.Alias, link.Container))];

    private static HealthSpec Health(Api.HealthConfig health) => new(
        health.Test ?? [], Span(health.Interval), Span(health.Timeout), Span(health.StartPeriod),
        Span(health.StartInterval), health.Retries ?? 0);

    private static TimeSpan Span(long? nanoseconds) =>
        TimeSpan.FromTicks((nanoseconds ?? 0) / TimeSpan.NanosecondsPerTick);

    /// <summary>The network of <c>--network</c> comes first: through it goes the default route.</summary>
    private static List<EndpointConfig> Networks(Api.CreateContainerRequest request)
    {
        var asked = request.NetworkingConfig?.EndpointsConfig ?? [];
        var mode = request.HostConfig?.NetworkMode ?? "";
        var isShared = mode is "host" or "none" || mode.StartsWith("container:", StringComparison.Ordinal);
        if (isShared && asked.Keys.FirstOrDefault(name => name != mode) is { } other)
            throw EngineException.Invalid($"conflicting options: network {other} and network mode {mode}; leave one out");
        if (isShared || asked.Count == 0 && request.MacAddress is null && request.HostConfig?.Links is null)
            return [];
        var first = mode is "" or "default" ? "bridge" : mode;
        var all = new List<EndpointConfig>
        {
            Endpoint(first, asked.GetValueOrDefault(first) ?? asked.GetValueOrDefault(mode), request.MacAddress),
        };
        if (all[0].Links.IsEmpty)
            all[0] = all[0] with { Links = Links(request.HostConfig?.Links) };
        all.AddRange(
            asked.Where(one => one.Key != first && one.Key != mode).Select(one => Endpoint(one.Key, one.Value)));
        return all;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
