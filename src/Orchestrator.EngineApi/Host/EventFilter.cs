using Orchestrator.Engine.Events;
using Orchestrator.EngineApi.Containers;

namespace Orchestrator.EngineApi.Host;

/// <summary>What <c>events --filter</c> selects. Pure.</summary>
/// <remarks>As docker: values of one key are alternatives, and names and ids of actors may be cut short.</remarks>
internal sealed class EventFilter(Api.Filters filters)
{
    private static readonly string[] Actors =
        ["container", "volume", "network", "plugin", "node", "service", "secret", "config", "daemon"];

    public bool Matches(EngineEvent item) =>
        Any("type", type => item.Type == type)
        && Any(
            "event", action => item.Action == action || item.Action.StartsWith(action + ":", StringComparison.Ordinal))
        && Any("scope", scope => item.Scope == scope)
        && filters["label"].All(label => ContainerFilter.HasLabel(item.Attributes, label))
        && Actors.All(type => Any(type, name => item.Type == type && Names(item, name)))
        && Any("image", image => IsOf(item, image));

    private bool Any(string key, Func<string, bool> matches) => !filters.Has(key) || filters[key].Any(matches);

    private static bool Names(EngineEvent item, string name) =>
        item.ActorId.StartsWith(name, StringComparison.Ordinal)
        || item.Attributes.GetValueOrDefault("name", "").StartsWith(name, StringComparison.Ordinal);

    /// <summary>An event of the image, by id or by name with its tag or without; or of a container made from it.</summary>
    private static bool IsOf(EngineEvent item, string image)
    {
        var name = item.Type switch
        {
            "image" => item.Attributes.GetValueOrDefault("name", ""),
            "container" => item.Attributes.GetValueOrDefault("image", ""),
            _ => null,
        };
        return name is not null && (name == image || WithoutTag(name) == image
            || (item.Type == "image" && (item.ActorId == image || WithoutTag(item.ActorId) == image)));
    }

    private static string WithoutTag(string name)
    {
        var bare = name.Split('@')[0];
        var colon = bare.LastIndexOf(':');
        return colon > bare.LastIndexOf('/') ? bare[..colon] : bare;
    }
}
