using Orchestrator.Model;

namespace Orchestrator.Manager.Allocation;

/// <summary>The addresses of one network during one pass.</summary>
internal sealed class AddressSpace
{
    private readonly HashSet<uint> taken = [];
    private readonly Subnet subnet;
    private readonly Subnet range;
    private uint last;

    /// <param name="network">Allocated.</param>
    /// <param name="last">The address given last; the next is looked for after it, so that one just released rests
    /// longest.</param>
    public AddressSpace(Network network, uint? last)
    {
        var pool = network.Allocation!.Pools[0];
        subnet = Subnet.Parse(pool.Subnet) ?? throw new InvalidOperationException($"{pool.Subnet} is no subnet");
        range = Subnet.Parse(pool.Range) ?? subnet;
        Name = network.Spec.Name;
        this.last = last is { } given && range.Contains(given) ? given : range.First;
        taken.Add(subnet.First);
        taken.Add(subnet.Last);
        if (Subnet.ParseAddress(pool.Gateway) is { } gateway)
            taken.Add(gateway);
    }

    public string Name { get; }

    /// <summary>The address given last.</summary>
    public uint Last => last;

    public void Take(uint address) => taken.Add(address);

    public bool Owns(string address) => Subnet.ParseAddress(address) is { } parsed && subnet.Contains(parsed);

    /// <summary>The next free address with its prefix length, or null when all are taken.</summary>
    public string? Next()
    {
        for (var step = 1u; step <= range.Size; step++)
        {
            var candidate = range.First + ((last - range.First + step) % range.Size);
            if (!taken.Add(candidate))
                continue;
            last = candidate;
            return subnet.With(candidate);
        }

        return null;
    }

    /// <summary>For the user, that there is none left, and what to do.</summary>
    public string Exhausted => $"network {Name} has no free address in {range}; use a network with a larger subnet";
}
