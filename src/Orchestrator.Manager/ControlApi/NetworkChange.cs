using Orchestrator.Model;

namespace Orchestrator.Manager.ControlApi;

/// <summary>What of a network can be changed while it is in use. Pure.</summary>
internal static class NetworkChange
{
    /// <summary>Options whose change every node follows; others are of how the network was made.</summary>
    private static readonly string[] Changeable = [NetworkPolicy.Option, .. Bandwidth.Options];

    /// <exception cref="UserException">It cannot be changed so.</exception>
    public static NetworkSpec Apply(NetworkSpec spec, P.UpdateNetworkRequest request)
    {
        var options = spec.DriverOptions;
        foreach (var (name, value) in request.SetOptions)
            options = options.SetItem(Checked(name), value);
        foreach (var name in request.RemoveOptions)
            options = options.Remove(Checked(name));
        if (request.PolicyRemove.Contains(NetworkPolicy.All))
            options = options.Remove(NetworkPolicy.Option);
        else if (request.PolicyRemove.Count > 0)
            options = options.SetItem(NetworkPolicy.Option, Without(options, request.PolicyRemove));
        if (request.PolicyAdd.Count > 0)
            options = options.SetItem(NetworkPolicy.Option, With(options, request.PolicyAdd));
        return spec with { DriverOptions = options };
    }

    private static string Checked(string option) => Changeable.Contains(option) ? option : throw UserErrors.Invalid(
        $"option {option} of a network cannot be changed",
        $"Those that can: {string.Join(", ", Changeable)}. For others make another network.");

    private static string With(IReadOnlyDictionary<string, string> options, IEnumerable<string> added) =>
        NetworkPolicy.Write([.. NetworkPolicy.Of(options) ?? [], .. added.Where(a => a != NetworkPolicy.Closed).Select(Rule)]);

    private static string Without(IReadOnlyDictionary<string, string> options, IEnumerable<string> removed)
    {
        var rules = (NetworkPolicy.Of(options) ?? []).ToList();
        foreach (var rule in removed.Select(Rule))
        {
            if (rules.RemoveAll(r => r == rule) == 0)
                throw UserErrors.Invalid(
                    $"the network's policy has no rule {rule}",
                    $"It has: {NetworkPolicy.Write(rules)}. To open the network: --policy-rm {NetworkPolicy.All}");
        }

        return NetworkPolicy.Write(rules);
    }

    private static PolicyRule Rule(string text) => PolicyRule.Parse(text)
        ?? throw UserErrors.Invalid($"invalid policy \"{text}\"", $"Write {PolicyRule.Form}, such as web:db:5432/tcp.");
}
