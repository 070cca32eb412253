using System.Globalization;
using Orchestrator.Init;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Plans;
using Orchestrator.Runtime.Shim;
using Orchestrator.Runtime.Validation;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>exec</c>: another process in a running container, with the caller's streams and as the caller's child;
/// detached, as the child of the nearest subreaper above the caller.</summary>
internal static class ExecCommand
{
    public static readonly Option[] Options =
    [
        new("process", "FILE", "the process as in config.json; the flags about it are not looked at then", "p"),
        new("tty", null, "with a terminal of its own", "t"),
        new("user", "UID[:GID]", "default: the container's", "u"),
        new("additional-gids", "GID", "one more group; may be repeated", "g"),
        new("cwd", "DIR", "default: the container's"),
        new("env", "NAME=VALUE", "added to the container's; may be repeated", "e"),
        new("cap", "CAP", "one more capability; may be repeated", "c"),
        new("no-new-privs", null, "programs cannot gain privileges by being executed"),
        new("apparmor", "PROFILE", "AppArmor profile of the process"),
        new("process-label", "LABEL", "SELinux label of the process"),
        new("detach", null, "return when the program runs", "d"),
        new("pid-file", "FILE", "gets the number of the process"),
        new("console-socket", "SOCKET", "with --detach: gets the master of the terminal"),
        new("preserve-fds", "N", "descriptors 3 to 2+N are passed on"),
        new("cgroup", "PATH", "below the container's cgroup; it must be there"),
        new("ignore-paused", null, "even in a paused container: it runs when that is resumed"),
        new("no-subreaper", null, "accepted for compatibility; exec never is one"),
    ];

    public static int Execute(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var container = invocation.Container();
        Require(container, arguments.Has("ignore-paused"));
        var process = ExecDefaults.Complete(
            new ExecSpec { Process = Asked(arguments, container.Spec.Process!) }, container.Spec);
        SpecValidator.Check(process);
        CommandLine.WarnEach(ProcessRules.Warnings(process));
        CheckTerminal(arguments, process.Terminal);
        using var init = Launch(container, process, arguments);
        init.AwaitExecuted();
        Publish(init, arguments);
        if (arguments.Has("detach"))
            return 0;
        using var signals = SignalForwarding.To(init.Pid);
        return init.Terminal is { } terminal ? TerminalRelay.Run(terminal, init.Pid) : Child.Reap(init.Pid).ExitCode;
    }

    private static InitProcess Launch(Container container, ProcessSpec process, Arguments arguments)
    {
        var preserved = CreateCommand.PreserveFds(arguments);
        var namespaces = NamespacePlan.Kinds(container.Spec.Linux);
        using var target = container.OpenProcess();
        using var file = FileDescriptor.Borrow(target.Fd);
        var plan = ProcessPlan.ForExec(
            process, CgroupOf(container, arguments["cgroup"]), container.State.Pid, namespaces,
            PreparedBundle.AvailableCapabilities(namespaces));
        plan = ConfinedPlan.Of(plan, container.Spec, process, container.Id, container.State.Bundle, container.State.Pid);
        return InitProcess.Start(
            [.. plan.Select(e => e.Op == PlanOp.Execute ? e with { C = preserved } : e)],
            StandardStreams.Inherited(), new ProcessRequests(process),
            PassedFiles.Merge([file], PassedFiles.For(listener: null, preserved)));
    }

    private static void Publish(InitProcess init, Arguments arguments)
    {
        const int sigkill = 9;
        try
        {
            if (arguments["console-socket"] is { Length: > 0 } socket && init.Terminal is { } terminal)
                ConsoleSocket.Send(socket, terminal);
            ContainerFiles.WritePid(arguments["pid-file"], init.Pid);
        }
        catch
        {
            ThisProcess.Kill(init.Pid, sigkill); // Ours and not reaped: the pid cannot be another's.
            throw;
        }
    }

    private static void Require(Container container, bool evenPaused)
    {
        switch (container.Status)
        {
            case OciStatus.Running or OciStatus.Created:
            case OciStatus.Paused when evenPaused:
                return;
            case OciStatus.Paused:
                throw new RuntimeException(
                    $"cannot exec in a paused container: {container.Id}; resume it, or use --ignore-paused");
            default:
                throw new RuntimeException($"cannot exec in a stopped container: {container.Id} (container not running)");
        }
    }

    private static void CheckTerminal(Arguments arguments, bool terminal)
    {
        var detached = arguments.Has("detach");
        if (detached && terminal && arguments["console-socket"] is null)
            throw new RuntimeException("--detach with a terminal needs --console-socket SOCKET, to hand the terminal to");
        if (arguments["console-socket"] is { Length: > 0 } && !(detached && terminal))
            throw new RuntimeException("--console-socket is of use only with --detach and a terminal");
    }

    private static CgroupSet CgroupOf(Container container, string? below)
    {
        if (below is null)
            return container.Cgroups;
        var cgroups = new CgroupSet(CgroupLayout.Detect(), $"{container.CgroupsPath}/{below.Trim('/')}");
        var missing = cgroups.Directories.FirstOrDefault(d => !Directory.Exists(d.Path)).Path;
        return missing is null ? cgroups : throw new RuntimeException($"--cgroup {below}: there is no {missing}");
    }

    private static ProcessSpec Asked(Arguments arguments, ProcessSpec container)
    {
        if (arguments["process"] is { } file)
            return Read(file);
        var caps = arguments.Every("cap").ToArray();
        if (caps.FirstOrDefault(c => !Linux.Processes.Capabilities.IsKnown(c)) is { } unknown)
            throw new RuntimeException($"--cap \"{unknown}\" is no capability such as CAP_CHOWN", 2);
        return container with
        {
            Args = arguments.Words.Count > 1 ? [.. arguments.Words.Skip(1)]
                : throw new RuntimeException("exec needs a command, or --process FILE; see orch-runtime exec --help", 2),
            Cwd = arguments["cwd"] ?? container.Cwd,
            Env = [.. container.Env ?? [], .. arguments.Every("env")],
            Terminal = arguments.Has("tty"),
            ConsoleSize = null,
            User = User(arguments, container.User),
            Capabilities = caps.Length > 0 ? With(container.Capabilities, caps)
                : arguments.Has("user") ? null
                : container.Capabilities,
            NoNewPrivileges = arguments.Has("no-new-privs") || container.NoNewPrivileges,
            ApparmorProfile = arguments["apparmor"] ?? container.ApparmorProfile,
            SelinuxLabel = arguments["process-label"] ?? container.SelinuxLabel,
        };
    }

    private static ProcessSpec Read(string file)
    {
        try
        {
            return ConfigReader.Read(File.ReadAllBytes(file), BundleJson.Default.ProcessSpec);
        }
        catch (InvalidDataException e)
        {
            throw new RuntimeException($"{file}: {e.Message}");
        }
    }

    private static CapabilitySets With(CapabilitySets? sets, string[] more) => new()
    {
        Bounding = [.. sets?.Bounding ?? [], .. more],
        Effective = [.. sets?.Effective ?? [], .. more],
        Permitted = [.. sets?.Permitted ?? [], .. more],
        Inheritable = sets?.Inheritable,
        Ambient = sets?.Ambient,
    };

    private static UserSpec User(Arguments arguments, UserSpec container)
    {
        uint[] groups = [.. arguments.Every("additional-gids").Select(g => Id("additional-gids", g))];
        if (arguments["user"] is not { } user)
            return container with { AdditionalGids = [.. container.AdditionalGids ?? [], .. groups] };
        var ids = user.Split(':', 2);
        return new UserSpec(
            Id("user", ids[0]), ids.Length > 1 ? Id("user", ids[1]) : 0, groups, container.Umask);
    }

    private static uint Id(string flag, string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new RuntimeException($"--{flag} \"{text}\" is no number; names are looked up by the caller", 2);
}
