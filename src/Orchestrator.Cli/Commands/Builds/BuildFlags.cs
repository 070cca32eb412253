using System.Text.Json.Nodes;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>The flags that a build is asked with, and the request they make.</summary>
/// <remarks>Source: Docker Engine API 1.51, POST /build; what is ours in it: docs/design/build-wire.md.</remarks>
internal sealed class BuildFlags
{
    private readonly ListFlag _tags;
    private readonly ListFlag _buildArgs;
    private readonly ListFlag _labels;
    private readonly ListFlag _hosts;
    private readonly ListFlag _secrets;
    private readonly ListFlag _ssh;
    private readonly ListFlag _securityOptions;
    private readonly ListFlag _cacheFrom;
    private readonly ListFlag _cacheTo;
    private readonly ListFlag _allow;
    private readonly BoolFlag _noCache;
    private readonly BoolFlag _pull;
    private readonly BoolFlag _remove;
    private readonly BoolFlag _forceRemove;
    private readonly BoolFlag _squash;
    private readonly ValueFlag<string> _target;
    private readonly ValueFlag<string> _platform;
    private readonly ValueFlag<string> _network;
    private readonly ValueFlag<string> _isolation;
    private readonly BuildLimitFlags _limits;

    public BuildFlags(FlagSet f)
    {
        _hosts = f.List("add-host", null, "Line for /etc/hosts of steps, name:address", "list", CheckHost);
        _allow = f.List(
            "allow", null, "Allow steps what they may not else: security.insecure, network.host", "list", CheckAllowed);
        _buildArgs = f.List("build-arg", null, "Variable of the build, NAME=value", "list", CheckVariable);
        _cacheFrom = f.List("cache-from", null, "Image, or type=local,src=folder, whose layers may stand in for steps", "list",
            CacheSpec.CheckFrom);
        _cacheTo = f.List("cache-to", null, "Repository to push the cache to, or type=local,dest=folder", "list",
            CacheSpec.CheckTo);
        _forceRemove = f.Bool("force-rm", null, "Remove intermediate containers, also of a build that fails");
        _isolation = f.String("isolation", null, "Accepted for docker's sake");
        _labels = f.List("label", null, "Label of the image, name=value");
        _network = f.String("network", null, "Network of RUN steps: default, none, host or a container's", "default");
        _noCache = f.Bool("no-cache", null, "Run every step");
        _platform = f.String("platform", null, "Platform to build for, os/arch[/variant]");
        _pull = f.Bool("pull", null, "Ask registries for newer base images");
        _remove = f.Bool("rm", null, "Remove intermediate containers", value: true);
        _secrets = f.List("secret", null, "Secret for steps, id=name[,src=path|,env=NAME]", "list", SecretSpec.Check);
        _securityOptions = f.List("security-opt", null, "Security option of steps");
        _squash = f.Bool("squash", null, "Make one layer of all new ones");
        _ssh = f.List("ssh", null, "SSH agent for steps, default or id[=socket]", "list");
        _tags = f.List("tag", 't', "Name of the image, name[:tag]", "list", CheckTag);
        _target = f.String("target", null, "Stage to build");
        f.Add(new Images.TrustFlag());
        f.Add(new ValueFlag<string>("builder", null, "string", "Accepted for docker's sake", "", static s => s)
            { Hidden = true });
        f.Add(new ListFlag("provenance", null, "Accepted for docker's sake") { Hidden = true });
        f.Add(new ListFlag("sbom", null, "Accepted for docker's sake") { Hidden = true });
        _limits = new BuildLimitFlags(f);
    }

    public IReadOnlyList<string> Tags => _tags.Values;

    public string Platform => _platform.Value;

    public string Target => _target.Value;

    /// <summary>What is given of <c>--build-arg</c>; null: the name only, and the caller has no such variable.</summary>
    public Dictionary<string, string?> BuildArguments(Session session)
    {
        var given = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var pair in _buildArgs.Values)
        {
            var (name, value) = KeyValues.Split(pair);
            given[name] = value ?? session.Environment(name);
        }
        return given;
    }

    public IEnumerable<CacheSpec> CacheTo => _cacheTo.Values.Select(CacheSpec.To);

    /// <param name="local">Takes care of caches that are folders here.</param>
    public Query ToQuery(Session session, LocalCache local)
    {
        var query = new Query().Add("version", "1");
        foreach (var tag in _tags.Values) query.Add("t", tag);
        foreach (var option in _securityOptions.Values) query.Add("securityopt", option);
        foreach (var name in _allow.Values) query.Add("allow", name);
        foreach (var host in _hosts.Values) query.Add("extrahosts", host);
        query.Add("nocache", _noCache).Add("pull", _pull).Add("forcerm", _forceRemove).Add("squash", _squash)
            .Add("rm", _remove ? null : "0").Add("target", _target.Value).Add("isolation", _isolation.Value)
            .Add("platform", DefaultPlatform(session, _platform.Value))
            .Add("networkmode", _network.Value == "default" ? null : _network.Value)
            .Add("buildargs", Json(BuildArgs(session))).Add("labels", Json(Labels()))
            .Add("cachefrom", Json(CacheFrom(local)))
            .Add("cacheto", Json([.. CacheTo.Select(static to => to.Text).Where(static text => text.Length > 0)]))
            .Add("stagerepo", CacheTo.Any(static to => to.Folder.Length > 0 && to.AllStages) ? local.AskForStages() : null);
        _limits.Apply(query);
        return query;
    }

    public IEnumerable<(string Name, string Value)> Headers(Session session)
    {
        yield return ("X-Registry-Config", BuildHeaders.Logins(session));
        if (_secrets.Values.Count > 0)
            yield return ("X-Orch-Build-Secrets", BuildHeaders.Secrets(session, _secrets.Values));
        if (_ssh.Values.Count > 0) yield return ("X-Orch-Build-Ssh", BuildHeaders.Ssh(session, _ssh.Values));
    }

    private List<string> CacheFrom(LocalCache local) =>
    [
        .. _cacheFrom.Values.Select(CacheSpec.From)
            .SelectMany(from => from.Folder.Length > 0 ? local.Load(from.Folder) : [from.Text]),
    ];

    private static string DefaultPlatform(Session session, string platform) => platform.Length > 0 ? platform
        : Config.Variables.Find(session.Environment, "DEFAULT_PLATFORM") ?? "";

    /// <summary>
    /// A bare name takes this process's value; without one the Dockerfile's own counts. The user's proxies, and the
    /// epoch of the environment, come along where nothing else was said.
    /// </summary>
    private JsonObject BuildArgs(Session session)
    {
        var map = new JsonObject();
        foreach (var (name, value) in BuildArguments(session)) map[name] = value;
        foreach (var (name, value) in session.Folder.File.Proxies(session.Client.Address.Text)) map.TryAdd(name, value);
        if (!map.ContainsKey("SOURCE_DATE_EPOCH") && session.Environment("SOURCE_DATE_EPOCH") is { Length: > 0 } epoch)
            map["SOURCE_DATE_EPOCH"] = epoch;
        return map;
    }

    private JsonObject Labels()
    {
        var map = new JsonObject();
        foreach (var (name, value) in KeyValues.ToMap(_labels.Values) ?? []) map[name] = value;
        return map;
    }

    private static string? Json(JsonObject map) => map.Count == 0 ? null : map.ToJsonString();

    private static string? Json(List<string> list) =>
        list.Count == 0 ? null : new JsonArray([.. list.Select(static text => (JsonNode)text)]).ToJsonString();

    private static string CheckAllowed(string name) => name is "security.insecure" or "network.host"
        ? name : throw new FormatException($"invalid entitlement: {name}");

    private static string CheckTag(string text) =>
        ImageName.Fault(text) is { } fault ? throw new FormatException(fault) : text;

    private static string CheckVariable(string text) => text.Length > 0 && text[0] != '='
        ? text : throw new FormatException($"invalid environment variable: {text}");

    private static string CheckHost(string text) =>
        text.IndexOfAny([':', '=']) > 0 ? text : throw new FormatException($"bad format for add-host: \"{text}\"");
}
