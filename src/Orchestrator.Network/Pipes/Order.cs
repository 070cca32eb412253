using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Pipes;

/// <summary>Index of a link by its name; null: there is none.</summary>
internal delegate int? LinkLookup(string name);

/// <summary>What one command of iproute2 changes, read from its words.</summary>
internal abstract record Order
{
    /// <summary>It leaves something behind, which is there again when it was lost.</summary>
    public abstract bool Lasts { get; }

    /// <summary>Like the kernel, it takes away the first that fits, not all.</summary>
    public virtual bool EndsOne => false;

    /// <summary>Once this is done, nothing is left of that.</summary>
    public abstract bool Ends(Order older);

    public abstract void Execute(RouteSocket route);

    /// <summary>Is what it left behind there? Pure.</summary>
    public abstract bool Holds(SpaceDump found);

    /// <summary>Makes what it left behind anew.</summary>
    public abstract void Restore(RouteSocket route);

    /// <summary>Takes what it left behind away.</summary>
    public abstract void Undo(RouteSocket route);

    /// <exception cref="NetworkException">The words cannot be read.</exception>
    /// <returns>Null: it only shows.</returns>
    public static Order? Read(string tool, IReadOnlyList<string> words, LinkLookup links) => tool switch
    {
        "route" => RouteWords.Read(words, links),
        "rule" => RuleWords.Read(words),
        _ => TrafficWords.Read(words, links),
    };
}
