using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Shim;

namespace Orchestrator.Runtime.Commands;

/// <summary>Every command there is. Flags as runc's where runc has them: podman, conmon, containerd and dockerd call by
/// these names.</summary>
internal static class CommandTable
{
    private static readonly Option Bundle = new("bundle", "DIR", "the directory of config.json; default: this one", "b");
    private static readonly Option PidFile = new("pid-file", "FILE", "gets the number of the process");
    private static readonly Option PreserveFds = new("preserve-fds", "N", "descriptors 3 to 2+N are passed on");

    private static readonly Option ConsoleSocket =
        new("console-socket", "SOCKET", "a listening unix socket that gets the master of the terminal");

    private static readonly Option[] Creating =
    [
        Bundle, ConsoleSocket, PidFile, PreserveFds,
        new("no-pivot", null, "move the root instead of pivoting: for a host whose root is a ramdisk"),
        new("no-new-keyring", null, "stay in the caller's session keyring"),
    ];

    /// <summary>Those of <c>--help</c>.</summary>
    public static IReadOnlyList<Command> Public { get; } =
    [
        new("create", "ID", "make a container, up to just before its program", Creating,
            ["orch-runtime create --bundle /srv/web --pid-file /run/web.pid web"], CreateCommand.Create),
        new("start", "ID", "execute the program of a created container", [], ["orch-runtime start web"],
            CreateCommand.Start),
        new("run", "ID", "create, start, wait, delete",
            [
                .. Creating,
                new("detach", null, "return when the program runs", "d"),
                new("keep", null, "do not delete the container when it has ended"),
                new("no-subreaper", null, "accepted for compatibility; run never is one"),
            ],
            ["orch-runtime run --bundle /srv/web web", "orch-runtime run -d -b /srv/web web; orch-runtime list"],
            RunCommand.Execute),
        new("exec", "ID [COMMAND [ARG...]]", "run another process in a container", ExecCommand.Options,
            [
                "orch-runtime exec -t web sh", "orch-runtime exec --user 33:33 --env A=b web id",
                "orch-runtime exec --process process.json --detach web",
            ],
            ExecCommand.Execute),
        new("state", "ID", "show a container's state as JSON", [], ["orch-runtime state web"], StateCommand.Execute),
        new("list", "", "show the containers of this root",
            [
                new("format", "table|json", "default table", "f"),
                new("quiet", null, "ids alone", "q"),
            ],
            ["orch-runtime list", "orch-runtime --root /run/other list --format json"], ListCommand.Execute),
        new("ps", "ID [PS-OPTION...]", "show the processes of a container",
            [new("format", "table|json", "default table; json: their numbers alone", "f")],
            ["orch-runtime ps web", "orch-runtime ps web -o pid,rss,args", "orch-runtime ps --format json web"],
            PsCommand.Execute),
        new("kill", "ID [SIGNAL]", "send a signal, SIGTERM if none is named",
            [new("all", null, "to every process of the container", "a")],
            ["orch-runtime kill web", "orch-runtime kill --all web KILL"], KillCommand.Execute),
        new("delete", "ID", "remove a container that has ended or was never started",
            [new("force", null, "kill it first if it runs; no error if there is none", "f")],
            ["orch-runtime delete web", "orch-runtime delete --force web"], DeleteCommand.Execute),
        new("pause", "ID", "stop every process where it is", [], ["orch-runtime pause web"], PauseCommands.Pause),
        new("resume", "ID", "let the processes of a paused container go on", [], ["orch-runtime resume web"],
            PauseCommands.Resume),
        new("update", "ID", "change the limits of a container", UpdateCommand.Options,
            [
                "orch-runtime update --memory 268435456 --pids-limit 200 web",
                "echo '{\"cpu\": {\"quota\": 50000}}' | orch-runtime update --resources - web",
            ],
            UpdateCommand.Execute),
        new("events", "ID", "show what a container uses, again and again, and when it runs out of memory",
            [
                new("stats", null, "once, and end"),
                new("interval", "TIME", "between two of them; default 5s"),
            ],
            ["orch-runtime events --stats web", "orch-runtime events --interval 1s web"], EventsCommand.Execute),
        new("spec", "", "write a config.json to begin with",
            [Bundle, new("rootless", null, "for a user namespace in which the caller is root")],
            ["mkdir -p b/rootfs && orch-runtime spec --bundle b"], SpecCommand.Execute),
        new("features", "", "show what of the runtime-spec is implemented, as JSON", [], ["orch-runtime features"],
            FeaturesCommand.Execute),
        new("check", "", "show what this host's kernel offers, what is missing, and what that costs",
            [new("format", "table|json", "default table", "f")],
            ["orch-runtime check", "orch-runtime check --format json"], CheckCommand.Execute),
    ];

    /// <summary>orchd's way to hold a container, no part of the OCI's.</summary>
    private static Command Shim { get; } = new(
        "shim", "", "be the parent of one container (docs/design/shim.md)",
        [
            .. ShimOptions.Switches.Select(s => new Option(s, null, "")),
            .. ShimOptions.Values.Select(v => new Option(v, "VALUE", "")),
        ],
        ["orch-runtime shim --id web --bundle /srv/web --state /run/web"], i => ShimCommand.Execute(i.Arguments));

    /// <summary>Holds a scope of systemd's open: ours to call, and nobody else's.</summary>
    private static Command StandIn { get; } = new(
        SystemdScope.StandIn, "", "wait until standard input ends", [], ["orch-runtime stand-in"], _ =>
        {
            var buffer = new byte[1];
            while (StandardStreams.Inherited()[0].Read(buffer) > 0)
            {
                // Nothing is sent; the other end closes.
            }

            return 0;
        });

    public static Command? Find(string name) =>
        name == Shim.Name ? Shim : name == StandIn.Name ? StandIn : Public.FirstOrDefault(c => c.Name == name);
}
