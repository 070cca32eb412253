using System.Globalization;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>RUN, CMD, ENTRYPOINT, SHELL and HEALTHCHECK: what gets started.</summary>
internal static partial class InstructionParser
{
    private static RunInstruction Run(InstructionText text)
    {
        var flags = new InstructionFlags(text, "mount*", "network", "security");
        var run = new RunInstruction
        {
            Source = text.Source,
            Command = Command(text, text.Arguments),
            MountTexts = [.. flags.All("mount").Select(mount => CheckedMount(text, mount))],
            Network = NetworkOf(text, flags.Text("network")),
            Security = SecurityOf(text, flags.Text("security")),
        };
        if (run.Command.IsEmpty) throw text.Fault("RUN requires at least one argument");
        return text.Heredocs.IsEmpty || run.Command.IsShell ? run
            : throw text.Fault($"parsing produced an invalid run command: {text.Arguments.Text}");
    }

    /// <summary>A mount without variables is checked here, where its place is known.</summary>
    private static string CheckedMount(InstructionText text, string mount)
    {
        var flag = text.Flags.Find(flag => flag.Text == $"--mount={mount}");
        if (!mount.Contains('$', StringComparison.Ordinal))
            _ = RunMount.Parse(mount, value => value, text.Line.At(flag.Offset));
        return mount;
    }

    private static RunNetwork NetworkOf(InstructionText text, string? value) => value switch
    {
        null or "default" => RunNetwork.Default,
        "none" => RunNetwork.None,
        "host" => RunNetwork.Host,
        _ => throw text.Fault($"invalid network mode {GoText.Quote(value)}"),
    };

    private static RunSecurity SecurityOf(InstructionText text, string? value) => value switch
    {
        null or "sandbox" => RunSecurity.Sandbox,
        "insecure" => RunSecurity.Insecure,
        _ => throw text.Fault($"security {GoText.Quote(value)} is not valid"),
    };

    private static CmdInstruction Cmd(InstructionText text)
    {
        _ = new InstructionFlags(text);
        return new CmdInstruction
        {
            Source = text.Source,
            Command = Command(text, text.Arguments),
        };
    }

    private static EntrypointInstruction Entrypoint(InstructionText text)
    {
        _ = new InstructionFlags(text);
        return new EntrypointInstruction
        {
            Source = text.Source,
            Command = Command(text, text.Arguments),
        };
    }

    private static ShellInstruction Shell(InstructionText text)
    {
        _ = new InstructionFlags(text);
        var words = JsonWords.Parse(text, text.Arguments);
        if (text.Arguments.Text.Length == 0 || words is []) throw text.Fault("SHELL requires at least one argument");
        return new ShellInstruction
        {
            Source = text.Source,
            Shell = words ?? throw text.Fault("SHELL requires the arguments to be in JSON form"),
        };
    }

    private static HealthCheckInstruction HealthCheck(InstructionText text)
    {
        AtLeastOne(text);
        var arguments = text.Arguments;
        var words = ArgumentWords.NameAndRest(arguments);
        var type = (words?.Name ?? arguments.Text).ToUpperInvariant();
        var rest = words?.Value ?? "";
        if (type == "NONE")
        {
            return rest.Length == 0 ? new HealthCheckInstruction { Source = text.Source }
                : throw text.Fault("HEALTHCHECK NONE takes no arguments");
        }

        var flags = new InstructionFlags(text, "interval", "timeout", "start-period", "start-interval", "retries");
        if (type != "CMD")
            throw text.Fault(arguments, $"Unknown type {GoText.Quote(type)} in HEALTHCHECK (try CMD)");
        var command = Command(text, new Token(rest, arguments.Offset + arguments.Text.Length - rest.Length));
        if (command.IsEmpty) throw text.Fault("Missing command after HEALTHCHECK CMD");
        return new HealthCheckInstruction
        {
            Source = text.Source,
            Command = command,
            Interval = Interval(text, flags, "interval"),
            Timeout = Interval(text, flags, "timeout"),
            StartPeriod = Interval(text, flags, "start-period"),
            StartInterval = Interval(text, flags, "start-interval"),
            Retries = Retries(text, flags.Text("retries")),
        };
    }

    private static TimeSpan Interval(InstructionText text, InstructionFlags flags, string name)
    {
        if (flags.Text(name) is not { Length: > 0 } value) return TimeSpan.Zero;
        try
        {
            var interval = Durations.Parse(value);
            return interval == TimeSpan.Zero || interval >= TimeSpan.FromMilliseconds(1) ? interval
                : throw text.Fault($"Interval {GoText.Quote(name)} cannot be less than 1ms");
        }
        catch (FormatException fault)
        {
            throw text.Fault(fault.Message);
        }
    }

    private static int Retries(InstructionText text, string? value)
    {
        if (string.IsNullOrEmpty(value)) return 0;
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var retries))
            throw text.Fault($"strconv.ParseInt: parsing {GoText.Quote(value)}: invalid syntax");
        return retries >= 0 ? retries : throw text.Fault($"--retries cannot be negative ({retries})");
    }
}
