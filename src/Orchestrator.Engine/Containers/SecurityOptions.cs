namespace Orchestrator.Engine.Containers;

/// <summary>What <c>--security-opt</c> says, in docker's grammar. Pure.</summary>
internal sealed record SecurityOptions
{
    private static readonly string[] LabelKeys = ["disable", "user", "role", "level", "type", "filetype"];

    public bool NoNewPrivileges { get; private init; }

    /// <summary>Empty or <c>builtin</c>: the default profile. <c>unconfined</c>: none. Else a profile as JSON.
    /// </summary>
    public string Seccomp { get; private init; } = "";

    /// <summary>Name of a profile the host has loaded; empty: docker's default.</summary>
    public string Apparmor { get; private init; } = "";

    /// <summary>Nothing of /proc and /sys is masked or made read-only.</summary>
    public bool OpenSystemPaths { get; private init; }

    /// <summary>SELinux, of the process: <c>type:container_t</c>.</summary>
    public IReadOnlyList<string> Labels { get; private init; } = [];

    /// <exception cref="EngineException">An option that is none.</exception>
    public static SecurityOptions Parse(IReadOnlyList<string> options) =>
        options.Aggregate(new SecurityOptions(), (all, option) => all.With(option));

    /// <summary>The AppArmor profile a container gets.</summary>
    /// <param name="otherwise">For one that names none and is not privileged.</param>
    public static string ApparmorOf(HostSpec host, string otherwise)
    {
        var asked = Parse(host.SecurityOpt).Apparmor;
        return host.Privileged ? "unconfined" : asked.Length > 0 ? asked : otherwise;
    }

    private SecurityOptions With(string option)
    {
        if (option == "no-new-privileges")
            return this with { NoNewPrivileges = true };
        // The colon is docker's older spelling; a profile's JSON is full of them.
        var at = option.IndexOf('=') is var equals and > 0 ? equals : option.IndexOf(':');
        if (at <= 0)
            throw EngineException.Invalid($"invalid --security-opt 1: \"{option}\"");
        var (key, value) = (option[..at], option[(at + 1)..]);
        return key switch
        {
            "no-new-privileges" when bool.TryParse(value, out var on) => this with { NoNewPrivileges = on },
            "seccomp" => this with { Seccomp = value },
            "apparmor" => this with { Apparmor = value },
            "label" => this with { Labels = [.. Labels, Label(value)] },
            "systempaths" when value == "unconfined" => this with { OpenSystemPaths = true },
            _ => throw EngineException.Invalid(
                $"invalid --security-opt 2: \"{(option.Length > 100 ? option[..100] + "…" : option)}\""),
        };
    }

    private static string Label(string label) => LabelKeys.Contains(label.Split(':')[0])
        && (label == "disable") == !label.Contains(':')
        ? label
        : throw EngineException.Invalid(
            $"invalid --security-opt: Bad label option \"{label}\", valid options "
            + "'disable, user, role, level, type, filetype'");
}
