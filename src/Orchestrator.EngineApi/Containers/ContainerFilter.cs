using System.Globalization;
using System.Text.RegularExpressions;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Containers;

/// <summary>
/// What <c>ps --filter</c> selects: values of one key are alternatives (labels all apply), keys narrow. Pure.
/// </summary>
internal sealed class ContainerFilter
{
    private static readonly string[] Words =
        ["created", "restarting", "running", "removing", "paused", "exited", "dead"];

    private static readonly string[] HealthWords = ["none", "starting", "healthy", "unhealthy"];

    private readonly Api.Filters filters;
    private readonly IReadOnlyList<ContainerRecord> all;
    private readonly Func<string, string?> imageIdOf;
    private readonly HashSet<int> exitCodes;
    private readonly bool? isTask;

    /// <param name="imageIdOf">Id of an image by name; null when there is none.</param>
    public ContainerFilter(Api.Filters filters, IReadOnlyList<ContainerRecord> all, Func<string, string?> imageIdOf)
    {
        (this.filters, this.all, this.imageIdOf) = (filters, all, imageIdOf);
        if (filters["status"].FirstOrDefault(word => !Words.Contains(word)) is { } unknown)
            throw EngineException.Invalid($"invalid filter 'status={unknown}'; use one of {string.Join(", ", Words)}");
        if (filters["health"].FirstOrDefault(word => !HealthWords.Contains(word)) is { } other)
            throw EngineException.Invalid(
                $"invalid filter 'health={other}'; use one of {string.Join(", ", HealthWords)}");
        isTask = filters.Truth("is-task");
        exitCodes = [.. filters["exited"].Select(ExitCode)];
    }

    /// <summary>Keys that ask about containers which are down imply <c>-a</c>.</summary>
    public bool IncludesStopped => filters.Has("status") || filters.Has("exited");

    public bool Matches(ContainerRecord record) =>
        Any("id", value => record.Id.StartsWith(value, StringComparison.Ordinal))
        && Any("name", value => MatchesName(record.Name, value))
        && filters["label"].All(value => HasLabel(record.Process.Labels, value))
        && Any("status", value => ContainerViews.Word(record.State.Status) == value)
        && (exitCodes.Count == 0 || (IsDown(record) && exitCodes.Contains(record.State.ExitCode)))
        && Any("ancestor", value => record.Spec.Image == value || record.ImageId == imageIdOf(value))
        && Any("network", value => record.Connections.Any(one =>
            one.NetworkName == value
                || (value.Length > 11
                && (one.Endpoint?.NetworkId.StartsWith(value, StringComparison.Ordinal) ?? false))))
        && Any(
            "volume", value => record.Mounts.Any(
            mount => mount.Name == value || mount.Target == value || mount.Source == value))
        && Any("publish", value => record.Ports.Any(port => Overlap(value, $"{port.ContainerPort}/{port.Protocol}")))
        && Any("expose", value => record.Process.ExposedPorts.Any(port => Overlap(value, port)))
        && (isTask is not { } task || task == record.Process.Labels.ContainsKey("com.docker.swarm.task.id"))
        && Any("health", value => value == ContainerViews.Word(record.State.Health))
        && filters["before"].All(value => record.Created < CreationOf(value))
        && filters["since"].All(value => record.Created > CreationOf(value));

    internal static bool HasLabel(IReadOnlyDictionary<string, string> labels, string wanted)
    {
        var equals = wanted.IndexOf('=');
        return equals < 0
            ? labels.ContainsKey(wanted)
            : labels.TryGetValue(wanted[..equals], out var value) && value == wanted[(equals + 1)..];
    }

    private bool Any(string key, Func<string, bool> matches) => !filters.Has(key) || filters[key].Any(matches);

    /// <summary>docker takes names as regular expressions, with and without the slash.</summary>
    private static bool MatchesName(string name, string pattern)
    {
        try
        {
            var limit = TimeSpan.FromMilliseconds(100);
            return Regex.IsMatch(name, pattern, RegexOptions.None, limit)
                || Regex.IsMatch("/" + name, pattern, RegexOptions.None, limit);
        }
        catch (ArgumentException)
        {
            return name == pattern;
        }
    }

    private static bool IsDown(ContainerRecord record) => !record.State.IsUp && record.State.StartedAt is not null;

    private DateTimeOffset CreationOf(string reference) =>
        all.FirstOrDefault(record =>
            record.Name == reference.TrimStart('/') || record.Id.StartsWith(reference, StringComparison.Ordinal))
            ?.Created ?? throw EngineException.NoSuchContainer(reference);

    /// <summary>Ports are those of the container, as with docker; a filter without a protocol means tcp.</summary>
    private static bool Overlap(string wanted, string port)
    {
        var (first, last, protocol) = Range(wanted);
        var (from, to, own) = Range(port);
        return protocol == own && first <= to && from <= last;
    }

    private static (int First, int Last, string Protocol) Range(string text)
    {
        var slash = text.IndexOf('/');
        var bounds = (slash < 0 ? text : text[..slash]).Split('-');
        return int.TryParse(bounds[0], out var first) && int.TryParse(bounds[^1], out var last)
            ? (first, last, slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant())
            : throw EngineException.Invalid($"invalid filter: \"{text}\" is no port; write 80, 80/udp or 80-90");
    }

    private static int ExitCode(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code)
            ? code
            : throw EngineException.Invalid($"invalid filter 'exited={text}': not a number");
}
