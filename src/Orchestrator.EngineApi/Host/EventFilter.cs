using Orchestrator.Engine.Events;
using Orchestrator.EngineApi.Containers;

namespace Orchestrator.EngineApi.Host;

/// <summary>What <c>events --filter</c> selects. Pure.</summary>
internal sealed class EventFilter(Api.Filters filters)
{
    public bool Matches(EngineEvent item) =>
        Any("type", type => item.Type == type)
        && Any(
            "event", action => item.Action == action || item.Action.StartsWith(action + ":", StringComparison.Ordinal))
        && Any("scope", scope => item.Scope == scope)
        && filters["label"].All(label => ContainerFilter.HasLabel(item.Attributes, label))
        && Actor("container", item)
        && Actor("volume", item)
        && Actor("network", item)
        && Actor("node", item)
        && Actor("service", item)
        && Actor("secret", item)
        && Actor("config", item)
        && Actor("daemon", item)
        && Any("image", image => item.Type == "image"
            ? Names(item, image)
            : item.Type == "container" && item.Attributes.GetValueOrDefault("image") == image);

    private bool Any(string key, Func<string, bool> matches) => !filters.Has(key) || filters[key].Any(matches);

    private bool Actor(string type, EngineEvent item) => Any(type, name => item.Type == type && Names(item, name));

    private static bool Names(EngineEvent item, string name) =>
        item.ActorId == name
        || item.Attributes.GetValueOrDefault("name") == name
        || (name.Length >= 4 && item.ActorId.StartsWith(name, StringComparison.Ordinal));
}
