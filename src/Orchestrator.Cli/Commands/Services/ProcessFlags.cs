using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>What runs in a service's tasks, and with which surroundings.</summary>
internal sealed class ProcessFlags(FlagSet f, bool isUpdate)
{
    private readonly ListEdit _env = new(f, isUpdate, "env", 'e', "Environment variable, NAME=value");
    private readonly ListFlag? _envFiles = isUpdate ? null
        : f.List("env-file", null, "File with a variable on each line");
    private readonly ListEdit _labels = new(f, isUpdate, "container-label", null, "Label of the containers, key=value");
    private readonly ListEdit _mounts = new(
        f, isUpdate, "mount", null, "Mount, type=bind|volume|tmpfs,source=…,target=…", "mount",
        static t => MountSpec.Parse(t));
    private readonly ListEdit _groups = new(f, isUpdate, "group", null, "Further group of the process");
    private readonly ListEdit _hosts = new(f, isUpdate, "host", null, "Line for /etc/hosts, name:address");
    private readonly ListEdit _dns = new(f, isUpdate, "dns", null, "DNS server to ask");
    private readonly ListEdit _dnsOptions = new(f, isUpdate, "dns-option", null, "Option of the resolver");
    private readonly ListEdit _dnsSearch = new(f, isUpdate, "dns-search", null, "Domain to search in");
    private readonly ListEdit _sysctls = new(f, isUpdate, "sysctl", null, "Kernel setting inside, name=value");
    private readonly ListEdit _ulimits = new(
        f, isUpdate, "ulimit", null, "Limit of a process, name=soft[:hard]", "ulimit", static t => UlimitSpec.Parse(t));
    private readonly PayloadFlags _payloads = new(f, isUpdate);
    private readonly ListFlag _capAdd = f.List("cap-add", null, "Capability to add");
    private readonly ListFlag _capDrop = f.List("cap-drop", null, "Capability to take away");
    private readonly ValueFlag<string> _entrypoint = f.String(
        "entrypoint", null, "Program to run in place of the image's entrypoint", typeName: "command");
    private readonly ValueFlag<string> _hostname = f.String("hostname", null, "Host name inside the containers");
    private readonly ValueFlag<string> _workdir = f.String("workdir", 'w', "Working directory inside the containers");
    private readonly ValueFlag<string> _user = f.String(
        "user", 'u', "User and group to run as, <name|uid>[:<group|gid>]");
    private readonly ValueFlag<string> _stopSignal = f.String("stop-signal", null, "Signal that stops a container");
    private readonly ValueFlag<long?> _grace = f.Duration(
        "stop-grace-period", "Time from the stop signal to SIGKILL (ns|us|ms|s|m|h)", isUpdate ? "" : "10s");
    private readonly ValueFlag<long?> _oomScoreAdj = f.Int("oom-score-adj", null, "OOM preference, -1000 to 1000");
    private readonly ValueFlag<string> _isolation = f.String("isolation", null, "Isolation of the containers");
    private readonly BoolFlag _tty = f.Bool("tty", 't', "Give the containers a terminal");
    private readonly BoolFlag _init = f.Bool("init", null, "Run an init that forwards signals and reaps processes");
    private readonly BoolFlag _readOnly = f.Bool("read-only", null, "Mount the root file system read-only");
    private readonly ValueFlag<string> _logDriver = f.String(
        "log-driver", null, "Driver that keeps the containers' output");
    private readonly ListFlag _logOptions = f.List("log-opt", null, "Option of the log driver, key=value");
    private readonly HealthSpec _health = new(f);

    public void Apply(Session session, TaskSpec task, ContainerSpec container)
    {
        ApplyEnv(session, container);
        container.Labels = _labels.Apply(container.Labels);
        container.Mounts = _mounts.Apply(
            container.Mounts, static t => [MountSpec.Parse(t)], static m => m.Target ?? "");
        container.Groups = _groups.Apply(container.Groups);
        container.Hosts = _hosts.Apply(
            container.Hosts, static t => [HostLine(t)],
            static line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        ApplyDns(container);
        container.Sysctls = _sysctls.Apply(container.Sysctls);
        container.Ulimits = _ulimits.Apply(container.Ulimits, static t => [UlimitSpec.Parse(t)], static u => u.Name);
        ApplyCapabilities(container);
        _payloads.Apply(session, container);
        if (_entrypoint.IsSet)
            container.Command = _entrypoint.Value.Length == 0 ? null : ShellWords.Split(_entrypoint.Value);
        if (_hostname.IsSet) container.Hostname = _hostname.Value;
        if (_workdir.IsSet) container.Dir = _workdir.Value;
        if (_user.IsSet) container.User = _user.Value;
        if (_stopSignal.IsSet) container.StopSignal = _stopSignal.Value;
        if (_isolation.IsSet) container.Isolation = _isolation.Value;
        container.StopGracePeriod = _grace.Value ?? container.StopGracePeriod;
        container.OomScoreAdj = _oomScoreAdj.Value ?? container.OomScoreAdj;
        if (_tty.IsSet) container.TTY = _tty.Value;
        if (_init.IsSet) container.Init = _init.Value;
        if (_readOnly.IsSet) container.ReadOnly = _readOnly.Value;
        container.Healthcheck = _health.ToConfig(container.Healthcheck);
        if (_logDriver.IsSet || _logOptions.IsSet)
            task.LogDriver = new NamedDriver { Name = _logDriver.Value, Options = KeyValues.ToMap(_logOptions.Values) };
    }

    private void ApplyEnv(Session session, ContainerSpec container)
    {
        var given = new ListFlag("env", null, "");
        foreach (var entry in _env.Added) given.Set(entry);
        var entries = EnvList.Read(session, given, _envFiles ?? new ListFlag("env-file", null, ""));
        if (entries is null && !_env.IsSet) return;
        var gone = _env.Removed.Concat((entries ?? []).Select(Name)).ToHashSet(StringComparer.Ordinal);
        string[] result = [.. (container.Env ?? []).Where(e => !gone.Contains(Name(e))), .. entries ?? []];
        container.Env = result.Length == 0 ? null : result;

        static string Name(string entry) => KeyValues.Split(entry).Key;
    }

    private void ApplyDns(ContainerSpec container)
    {
        if (!_dns.IsSet && !_dnsOptions.IsSet && !_dnsSearch.IsSet) return;
        var before = container.DNSConfig ?? new DnsConfig();
        container.DNSConfig = new DnsConfig
        {
            Nameservers = _dns.Apply(before.Nameservers),
            Options = _dnsOptions.Apply(before.Options),
            Search = _dnsSearch.Apply(before.Search),
        };
    }

    /// <summary>A capability that is now added is no longer dropped, and the other way round.</summary>
    private void ApplyCapabilities(ContainerSpec container)
    {
        var added = _capAdd.Values.Select(Normalize).ToList();
        var dropped = _capDrop.Values.Select(Normalize).ToList();
        container.CapabilityAdd = Merge(container.CapabilityAdd, added, dropped);
        container.CapabilityDrop = Merge(container.CapabilityDrop, dropped, added);
    }

    private static string[]? Merge(string[]? current, List<string> more, List<string> opposite)
    {
        string[] names =
            [.. (current ?? []).Except(opposite, StringComparer.Ordinal).Union(more, StringComparer.Ordinal)];
        return names.Length == 0 ? null : names;
    }

    private static string Normalize(string name)
    {
        var upper = name.ToUpperInvariant();
        return upper is "ALL" or "RESET" || upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper : "CAP_" + upper;
    }

    /// <summary>The API wants a line of hosts(5): the address first.</summary>
    private static string HostLine(string text)
    {
        var colon = text.IndexOfAny([':', '=']);
        return colon > 0
            ? $"{text[(colon + 1)..].Trim('[', ']')} {text[..colon]}"
            : throw new CliException($"bad format for add-host: \"{text}\": write name:address", 125);
    }
}
