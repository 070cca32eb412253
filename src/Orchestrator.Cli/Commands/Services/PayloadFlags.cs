using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>The secrets and configs of a service's containers.</summary>
internal sealed class PayloadFlags(FlagSet f, bool isUpdate)
{
    private readonly ListEdit _secrets = new(
        f, isUpdate, "secret", null, "Secret for the containers: NAME, or source=NAME,target=FILE,uid=,gid=,mode=",
        "secret", static t => PayloadSpec.Parse(t));
    private readonly ListEdit _configs = new(
        f, isUpdate, "config", null, "Config for the containers: NAME, or source=NAME,target=FILE,uid=,gid=,mode=",
        "config", static t => PayloadSpec.Parse(t));

    public void Apply(Session session, ContainerSpec container)
    {
        if (_secrets.IsSet)
        {
            var ids = Find(session, "secret", _secrets.Added);
            container.Secrets = Edit(_secrets, container.Secrets, static s => s.SecretName, static s => s.File?.Name,
                spec => new SecretReference { SecretID = ids[spec.Source], SecretName = spec.Source, File = spec.File });
        }

        if (_configs.IsSet)
        {
            var ids = Find(session, "config", _configs.Added);
            container.Configs = Edit(_configs, container.Configs, static c => c.ConfigName, static c => c.File?.Name,
                spec => new ConfigFileReference { ConfigID = ids[spec.Source], ConfigName = spec.Source, File = spec.File });
        }
    }

    /// <summary>One that is added takes the place of what was at its target; removal is by name.</summary>
    private static T[]? Edit<T>(
        ListEdit edit, T[]? before, Func<T, string> name, Func<T, string?> target, Func<PayloadSpec, T> make)
    {
        var added = edit.Added.Select(PayloadSpec.Parse).Select(make).ToList();
        T[] all =
        [
            .. (before ?? []).Where(item => !edit.Removed.Contains(name(item)) && !added.Exists(a => target(a) == target(item))),
            .. added,
        ];
        return all.Length == 0 ? null : all;
    }

    /// <exception cref="CliException">There is none of a name.</exception>
    private static Dictionary<string, string> Find(Session session, string noun, IReadOnlyList<string> added)
    {
        var names = added.Select(text => PayloadSpec.Parse(text).Source).Distinct().ToList();
        if (names.Count == 0) return [];
        var filters = Filters.Empty;
        foreach (var name in names) filters.Add("name", name);
        var found = session.Client.Get($"/{noun}s{new Query().Add(filters)}", ApiJson.Wire.SecretArray)
            .ToDictionary(static s => s.Spec.Name, static s => s.ID, StringComparer.Ordinal);
        return names.FirstOrDefault(name => !found.ContainsKey(name)) is { } missing
            ? throw new CliException($"{noun} not found: {missing}") : found;
    }
}
