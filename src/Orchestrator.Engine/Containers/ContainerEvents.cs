using Orchestrator.Engine.Events;

namespace Orchestrator.Engine.Containers;

/// <summary>
/// A container's events with docker's attributes: its labels, image and name, and what the action adds.
/// </summary>
internal sealed class ContainerEvents(EventLog log)
{
    public void Publish(ContainerRecord container, string action, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var attributes = new Dictionary<string, string>(container.Process.Labels)
        {
            ["image"] = container.Spec.Image,
            ["name"] = container.Name,
        };
        foreach (var (key, value) in more)
            attributes[key] = value;
        log.Publish("container", action, container.Id, attributes);
    }

    public void Mount(ContainerRecord container, MountRecord mount) => log.Publish(
        "volume", "mount", mount.Name, new Dictionary<string, string>
        {
            ["container"] = container.Id,
            ["destination"] = mount.Target,
            ["driver"] = "local",
            ["propagation"] = "",
            ["read/write"] = mount.ReadOnly ? "false" : "true",
        });

    public void Unmount(ContainerRecord container, MountRecord mount) => log.Publish(
        "volume", "unmount", mount.Name,
        new Dictionary<string, string> { ["container"] = container.Id, ["driver"] = "local" });

    public void Network(string action, ContainerRecord container, NetworkConnection connection)
    {
        var attributes = new Dictionary<string, string>
        {
            ["container"] = container.Id,
            ["name"] = connection.NetworkName,
            ["type"] = connection.Endpoint is null ? connection.NetworkName : "bridge",
        };
        log.Publish("network", action, connection.Endpoint?.NetworkId ?? connection.NetworkName, attributes);
    }
}
