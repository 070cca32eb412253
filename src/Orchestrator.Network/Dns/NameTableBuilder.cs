using System.Collections.Immutable;
using Orchestrator.Network.Balancing;

namespace Orchestrator.Network.Dns;

/// <summary>Collects the names of one network. Several owners of a name share it: the answer has all their
/// addresses.</summary>
internal sealed class NameTableBuilder(string networkId, string networkName)
{
    private readonly SortedDictionary<string, SortedSet<string>> names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedSet<string>> offers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> reverse = new(StringComparer.Ordinal);
    private readonly HashSet<string> services = [], taskNames = [];
    private ImmutableArray<BalancedService> balanced = [];

    /// <summary>A name without an address is known all the same: it is answered, with nothing, and never
    /// forwarded.</summary>
    public NameTableBuilder Add(string name, string? address)
    {
        name = DnsName.Normalize(name);
        if (name.Length == 0)
            return this;
        if (!names.TryGetValue(name, out var addresses))
            names.Add(name, addresses = new SortedSet<string>(StringComparer.Ordinal));
        if (address is not null)
            addresses.Add(address);
        return this;
    }

    /// <summary>With no address, too, it is known.</summary>
    private void AddAll(string name, IEnumerable<string> addresses)
    {
        Add(name, null);
        foreach (var address in addresses)
            Add(name, address);
    }

    public NameTableBuilder AddReverse(string address, string name)
    {
        reverse.TryAdd(address, $"{name}.{networkName}");
        return this;
    }

    /// <summary>A container of this node, by every name it goes by, less those of services that were added before.</summary>
    public NameTableBuilder Add(Endpoint endpoint)
    {
        foreach (var address in endpoint.Addresses)
        {
            // The first is the container's own.
            foreach (var name in endpoint.DnsNames.Where((name, number) => number == 0 ? IsNoService(name) : IsFree(name)))
                Add(name, address);
            if (endpoint.DnsNames is [var first, ..])
                AddReverse(address, first);
        }

        return this;
    }

    /// <summary>Tasks and services of an overlay. Only what is ready has an address.</summary>
    public NameTableBuilder Add(OverlayView overlay)
    {
        balanced = [.. BalancedService.Of(overlay)];
        var tasks = overlay.Endpoints.ToLookup(e => e.ServiceId);
        taskNames.UnionWith(overlay.Endpoints.Where(e => e.ServiceId.Length > 0).Select(e => DnsName.Normalize(e.Name)));
        HashSet<string> own =
        [
            .. taskNames, .. overlay.Services.SelectMany(s => (string[])[s.Name, $"tasks.{s.Name}"]).Select(DnsName.Normalize),
        ];
        foreach (var service in overlay.Services)
        {
            foreach (var name in service.Aliases.Where(alias => !own.Contains(DnsName.Normalize(alias))).Prepend(service.Name))
            {
                AddService(name, service, tasks[service.Id]);
                services.UnionWith([DnsName.Normalize(name), DnsName.Normalize($"tasks.{name}")]);
            }
        }

        foreach (var endpoint in overlay.Endpoints)
        {
            // A task has its service's aliases, too, and these are answered above.
            var called = endpoint.ServiceId.Length > 0 || IsNoService(endpoint.Name) ? (string[])[endpoint.Name] : [];
            foreach (var name in endpoint.Aliases.Where(IsFree).Concat(called))
                AddAll(name, endpoint.Ready ? endpoint.Addresses : []);
            if (!endpoint.Ready || endpoint.Name.Length == 0)
                continue; // A node's own address has no name.
            foreach (var address in endpoint.Addresses)
                AddReverse(address, endpoint.Name);
        }

        return this;
    }

    /// <summary>Whoever calls a container as a service is called does not get what is meant for that.</summary>
    private bool IsNoService(string name) => !services.Contains(DnsName.Normalize(name));

    /// <summary>May it be an alias? What a service or a task is called is nobody else's.</summary>
    private bool IsFree(string name) => IsNoService(name) && !taskNames.Contains(DnsName.Normalize(name));

    public NameTable Build() => new(
        networkId,
        networkName,
        Frozen(names),
        reverse.ToImmutableSortedDictionary(StringComparer.Ordinal))
    {
        Offers = Frozen(offers),
        Balanced = balanced,
    };

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Frozen(
        SortedDictionary<string, SortedSet<string>> made) =>
        made.ToImmutableSortedDictionary(p => p.Key, p => p.Value.ToImmutableArray(), StringComparer.Ordinal);

    private void AddOffers(string name, OverlayService service, IEnumerable<OverlayEndpoint> tasks, bool balanced)
    {
        var each = tasks.Where(t => t.Ready && t.Name.Length > 0).Select(t => t.Name).ToList();
        foreach (var port in service.Ports)
        {
            foreach (var label in (string[])[port.Name, $"{port.Port}"])
            {
                Offer($"_{label}._{port.Protocol}.{name}", port.Port, balanced ? [service.Name] : each);
                Offer($"_{label}._{port.Protocol}.tasks.{name}", port.Port, each);
            }
        }
    }

    private void Offer(string name, int port, IEnumerable<string> targets)
    {
        if (name.StartsWith("_.", StringComparison.Ordinal))
            return; // A port without a name.
        name = DnsName.Normalize(name);
        if (!offers.TryGetValue(name, out var known))
            offers.Add(name, known = new SortedSet<string>(StringComparer.Ordinal));
        known.UnionWith(targets.Select(target => $"{port} {target}.{networkName}"));
    }

    private void AddService(string name, OverlayService service, IEnumerable<OverlayEndpoint> tasks)
    {
        var vips = service.Vips.ToList();
        AddAll(name, vips);
        AddAll($"tasks.{name}", []);
        AddOffers(name, service, tasks, balanced: vips.Count > 0);
        foreach (var vip in name == service.Name ? vips : [])
            AddReverse(vip, name);
        foreach (var task in tasks.Where(t => t.Ready))
        {
            AddAll($"tasks.{name}", task.Addresses);
            if (vips.Count == 0)
                AddAll(name, task.Addresses);
        }
    }
}
