using Orchestrator.Cli.Commands.Builds;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Commands.Contexts;
using Orchestrator.Cli.Commands.Host;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Commands.Networks;
using Orchestrator.Cli.Commands.Networks.Pipes;
using Orchestrator.Cli.Commands.Nodes;
using Orchestrator.Cli.Commands.Payloads;
using Orchestrator.Cli.Commands.Registries;
using Orchestrator.Cli.Commands.Services;
using Orchestrator.Cli.Commands.Swarm;
using Orchestrator.Cli.Commands.Volumes;
using Orchestrator.Cli.Completion;

namespace Orchestrator.Cli.Commands;

internal static partial class Catalog
{
    public static CommandEntry[] Entries { get; } =
    [
        new("builder prune", "Remove what builds keep for later builds", static () => new BuilderPrune()),

        new("config create", "Create a config of a file, or of what is on stdin",
            static () => new PayloadCreate(PayloadWords.Config)),
        new("config inspect", "Show all that is known of configs", static () => new PayloadInspect(PayloadWords.Config)),
        new("config ls", "List configs", static () => new PayloadList(PayloadWords.Config), "config list"),
        new("config rm", "Remove configs", static () => new RemoveCommand("CONFIG", "/configs/", null), "config remove"),
        new("config update", "Change the labels of a config", static () => new PayloadUpdate(PayloadWords.Config)),

        new("container attach", "Attach to a running container", static () => new ContainerAttach(), "attach"),
        new("container commit", "Make an image of a container", static () => new ContainerCommit(), "commit"),
        new("container cp", "Copy files between a container and this host", static () => new ContainerCopy(), "cp"),
        new("container create", "Create a container, do not start it", static () => new ContainerCreate(), "create"),
        new("container diff", "Show what a container changed of its image", static () => new ContainerDiff(), "diff"),
        new("container exec", "Run a command in a running container", static () => new ContainerExec(), "exec"),
        new("container export", "Write a container's files to an archive", static () => new ContainerExport(),
            "export"),
        new("container inspect", "Show all that is known of containers",
            static () => new InspectCommand("CONTAINER", "/containers/", "/json")),
        new("container kill", "Kill running containers", static () => new ContainerKill(), "kill"),
        new("container logs", "Show what a container printed", static () => new ContainerLogs(), "logs"),
        new("container ls", "List containers", static () => new ContainerList(), "container list",
            "container ps", "ps"),
        new("container pause", "Freeze all processes of containers", static () => new ContainerVerb("pause"), "pause"),
        new("container port", "List a container's published ports", static () => new ContainerPort(), "port"),
        new("container prune", "Remove all stopped containers", static () => new ContainerPrune()),
        new("container rename", "Give a container another name", static () => new ContainerRename(), "rename"),
        new("container restart", "Restart containers", static () => new ContainerStop("restart"), "restart"),
        new("container rm", "Remove containers", static () => new ContainerRemove(), "container remove", "rm"),
        new("container run", "Create a container from an image and run it", static () => new ContainerRun(), "run"),
        new("container start", "Start stopped containers", static () => new ContainerStart(), "start"),
        new("container stats", "Show what containers use, live", static () => new ContainerStats(), "stats"),
        new("container stop", "Stop running containers", static () => new ContainerStop("stop"), "stop"),
        new("container top", "Show a container's processes", static () => new ContainerTop(), "top"),
        new("container unpause", "Thaw all processes of containers", static () => new ContainerVerb("unpause"),
            "unpause"),
        new("container update", "Change containers' limits", static () => new ContainerUpdate(), "update"),
        new("container wait", "Wait until containers end, print their exit codes", static () => new ContainerWait(),
            "wait"),

        new("context create", "Give a daemon a name to reach it by", static () => new ContextCreate()),
        new("context export", "Write a context to a file for another machine", static () => new ContextExport()),
        new("context import", "Take in a context that was exported", static () => new ContextImport()),
        new("context inspect", "Show all that is known of contexts", static () => new ContextInspect()),
        new("context ls", "List contexts", static () => new ContextList(), "context list"),
        new("context rm", "Remove contexts", static () => new ContextRemove(), "context remove"),
        new("context show", "Print the name of the current context", static () => new ContextShow()),
        new("context update", "Change a context", static () => new ContextUpdate()),
        new("context use", "Make a context the current one", static () => new ContextUse()),

        new("image build", "Build an image from a Dockerfile", static () => new BuildCommand(), "build",
            "builder build"),
        new("image history", "Show how an image was made", static () => new ImageHistory(), "history"),
        new("image import", "Make an image of a file system archive", static () => new ImageImport(), "import"),
        new("image inspect", "Show all that is known of images", static () => new InspectCommand(
            "IMAGE", "/images/", "/json")),
        new("image load", "Load images from an archive", static () => new ImageLoad(), "load"),
        new("image ls", "List images", static () => new ImageList(), "image list", "images"),
        new("image prune", "Remove unused images", static () => new ImagePrune()),
        new("image pull", "Fetch an image from a registry", static () => new ImagePull(), "pull"),
        new("image push", "Send an image to a registry", static () => new ImagePush(), "push"),
        new("image rm", "Remove images", static () => new ImageRemove(), "image remove", "rmi"),
        new("image save", "Write images to an archive", static () => new ImageSave(), "save"),
        new("image tag", "Give an image another name", static () => new ImageTag(), "tag"),

        new("network connect", "Connect a container to a network", static () => new NetworkConnect()),
        new("network create", "Create a network", static () => new NetworkCreate()),
        new("network disconnect", "Disconnect a container from a network", static () => new NetworkDisconnect()),
        new("network doctor", "Find what is wrong with the network of this node, and mend it",
            static () => new NetworkDoctor()),
        new("network inspect", "Show all that is known of networks",
            static () => new InspectCommand("NETWORK", "/networks/")),
        new("network kept ls", "List routes, rules and traffic control that containers keep",
            static () => new KeptList(), "network kept list", "network kept"),
        new("network kept rm", "Remove kept commands by number, and what they left behind",
            static () => new KeptRemove(), "network kept remove"),
        new("network ls", "List networks", static () => new NetworkList(), "network list"),
        new("network pipe", "Join a container to a bridge, a network card or a VLAN of this host",
            static () => new PipeAdd()),
        new("network pipe ls", "List pipes", static () => new PipeList(), "network pipe list"),
        new("network pipe rm", "Remove pipes", static () => new PipeRemove(), "network pipe remove"),
        new("network prune", "Remove all unused networks", static () => new NetworkPrune()),
        new("network rm", "Remove networks",
            static () => new RemoveCommand("NETWORK", "/networks/", "No error if it does not exist"), "network remove"),
        new("network route", "Show or change the routes of a container", static () => new NetworkWords(
            "route", ["orch network route web add 10.0.5.0/24 via 192.168.2.1", "orch network route web"]),
            "network pipe route"),
        new("network rule", "Show or change the routing rules of a container", static () => new NetworkWords(
            "rule", ["orch network rule web add from 172.19.0.2/32 table 1"]), "network pipe rule"),
        new("network tc", "Show or change the traffic control of a container", static () => new NetworkWords(
            "tc", ["orch network tc web qdisc add dev eth0 root netem loss 30%"]), "network pipe tc"),
        new("network update", "Change the policy and the limits of a network", static () => new NetworkUpdate()),
        new("network wait", "Wait until an interface of a container is up", static () => new NetworkWait()),

        new("node demote", "Make managers workers", static () => new NodeRole("worker")),
        new("node inspect", "Show all that is known of nodes", static () => new NodeInspect()),
        new("node ls", "List the cluster's nodes", static () => new NodeList(), "node list"),
        new("node promote", "Make workers managers", static () => new NodeRole("manager")),
        new("node ps", "List the tasks of nodes, by default of this one", static () => new NodePs()),
        new("node rm", "Remove nodes from the cluster",
            static () => new RemoveCommand("NODE", "/nodes/", "Although it is not down"), "node remove"),
        new("node update", "Change a node's availability, labels or role", static () => new NodeUpdate()),

        new("secret create", "Create a secret of a file, or of what is on stdin",
            static () => new PayloadCreate(PayloadWords.Secret)),
        new("secret inspect", "Show all that is known of secrets", static () => new PayloadInspect(PayloadWords.Secret)),
        new("secret ls", "List secrets", static () => new PayloadList(PayloadWords.Secret), "secret list"),
        new("secret rm", "Remove secrets", static () => new RemoveCommand("SECRET", "/secrets/", null), "secret remove"),
        new("secret update", "Change the labels of a secret", static () => new PayloadUpdate(PayloadWords.Secret)),

        new("service create", "Create a service", static () => new ServiceCreate()),
        new("service inspect", "Show all that is known of services", static () => new ServiceInspect()),
        new("service logs", "Show what a service's tasks, or a task, printed", static () => new ServiceLogs()),
        new("service ls", "List services", static () => new ServiceList(), "service list"),
        new("service ps", "List the tasks of services", static () => new ServicePs()),
        new("service rm", "Remove services", static () => new RemoveCommand(
            "SERVICE", "/services/", null), "service remove"),
        new("service rollback", "Return a service to its spec before this one", static () => new ServiceRollback()),
        new("service scale", "Set the number of tasks of services", static () => new ServiceScale()),
        new("service update", "Change a service", static () => new ServiceUpdate()),

        new("swarm init", "Found a cluster, with this node as its first manager", static () => new SwarmInit()),
        new("swarm join", "Join a cluster as the token says", static () => new SwarmJoin()),
        new("swarm join-token", "Show, or rotate, the tokens that admit nodes", static () => new SwarmJoinToken()),
        new("swarm leave", "Leave the cluster", static () => new SwarmLeave()),
        new("swarm update", "Change the cluster's settings", static () => new SwarmUpdate()),

        new("volume create", "Create a volume", static () => new VolumeCreate()),
        new("volume inspect", "Show all that is known of volumes",
            static () => new InspectCommand("VOLUME", "/volumes/")),
        new("volume ls", "List volumes", static () => new VolumeList(), "volume list"),
        new("volume prune", "Remove unused volumes", static () => new VolumePrune()),
        new("volume rm", "Remove volumes",
            static () => new RemoveCommand("VOLUME", "/volumes/", "No error if it does not exist"), "volume remove"),

        new("registry user add", "Let a user log in to the registry, or change one", static () => new RegistryUserAdd()),
        new("registry user ls", "List the registry's users", static () => new RegistryUserList(), "registry user list"),
        new("registry user rm", "Remove users of the registry",
            static () => new RemoveCommand("USER", "/registry/users/", null), "registry user remove"),

        new("system check", "Verify all images that are stored", static () => new SystemCheck()),
        new("system df", "Show what is stored, and how large", static () => new DiskUsageCommand()),
        new("system dial-stdio", "Join the standard streams to the daemon", static () => new DialStdio())
        {
            IsHidden = true,
        },
        new("system events", "Show events as they happen", static () => new EventsCommand(), "events"),
        new("system info", "Show the daemon's state", static () => new InfoCommand(), "info"),
        new("system prune", "Remove what is unused", static () => new SystemPrune()),
        new("completion", "Print the script that makes a shell complete commands", static () => new CompletionCommand()),
        new("login", "Log in to a registry", static () => new LoginCommand()),
        new("logout", "Forget the login to a registry", static () => new LogoutCommand()),
        new("search", "Search a registry for images", static () => new SearchCommand()),
        new("inspect", "Show all that is known of objects of any kind", static () => new InspectAny()),
        new("version", "Show the versions of client and daemon", static () => new VersionCommand()),
        new("--version", "Show the client's version", static () => new VersionLine()),
    ];
}
