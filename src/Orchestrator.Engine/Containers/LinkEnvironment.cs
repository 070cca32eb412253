using System.Globalization;

namespace Orchestrator.Engine.Containers;

/// <summary>The variables that tell a container of one it is linked to. Pure.</summary>
internal static class LinkEnvironment
{
    /// <param name="alias">Prefix of every name, in upper case.</param>
    /// <param name="ports"><c>80/tcp</c>: the ports the linked container exposes.</param>
    /// <param name="own">The linked container's own variables, <c>KEY=VALUE</c>.</param>
    public static IEnumerable<string> Of(
        string alias, string linker, string address, IEnumerable<string> ports, IEnumerable<string> own)
    {
        var prefix = alias.ToUpperInvariant().Replace('-', '_');
        var sorted = ports.SelectMany(Parse).Distinct().OrderBy(port => port.Number)
            .ThenBy(port => port.Protocol == "tcp" ? 0 : 1).ToList();
        if (sorted.Count > 0)
            yield return $"{prefix}_PORT={Url(sorted.Find(port => port.Protocol == "tcp") is { Number: > 0 } tcp
                ? tcp : sorted[0])}";
        foreach (var run in Runs(sorted).Where(run => run.Count > 1))
        {
            var name = NameOf(run[0]);
            yield return $"{name}_START={Url(run[0])}";
            yield return $"{name}_END={Url(run[^1])}";
            yield return $"{name}_PORT_START={run[0].Number}";
            yield return $"{name}_PORT_END={run[^1].Number}";
        }

        foreach (var port in sorted)
        {
            var name = NameOf(port);
            yield return $"{name}={Url(port)}";
            yield return $"{name}_ADDR={address}";
            yield return $"{name}_PORT={port.Number}";
            yield return $"{name}_PROTO={port.Protocol}";
        }

        yield return $"{prefix}_NAME=/{linker}/{alias}";
        foreach (var variable in own.Where(IsOfInterest))
            yield return $"{prefix}_ENV_{variable}";

        string Url(Port port) => $"{port.Protocol}://{address}:{port.Number}";

        string NameOf(Port port) => $"{prefix}_PORT_{port.Number}_{port.Protocol.ToUpperInvariant()}";
    }

    private static bool IsOfInterest(string variable) =>
        variable.Contains('=') && variable.Split('=')[0] is not ("HOME" or "PATH");

    /// <summary>Numbers that follow each other without a gap.</summary>
    private static IEnumerable<List<Port>> Runs(IReadOnlyList<Port> sorted)
    {
        var run = new List<Port>();
        foreach (var port in sorted)
        {
            if (run.Count > 0 && (run[^1].Number + 1 != port.Number || run[^1].Protocol != port.Protocol))
            {
                yield return run;
                run = [];
            }

            run.Add(port);
        }

        if (run.Count > 0)
            yield return run;
    }

    private static IEnumerable<Port> Parse(string text)
    {
        var parts = text.Split('/');
        var bounds = parts[0].Split('-').Select(bound => int.Parse(bound, CultureInfo.InvariantCulture)).ToList();
        return Enumerable.Range(bounds[0], bounds[^1] - bounds[0] + 1)
            .Select(number => new Port(number, parts.Length > 1 ? parts[1] : "tcp"));
    }

    private readonly record struct Port(int Number, string Protocol);
}
