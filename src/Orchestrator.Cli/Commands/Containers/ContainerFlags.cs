using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>The flags that describe a container: shared by run and create.</summary>
internal sealed class ContainerFlags
{
    public ContainerFlags(FlagSet f)
    {
        Name = f.String("name", null, "Name of the container");
        Hostname = f.String("hostname", 'h', "Host name inside the container");
        Domainname = f.String("domainname", null, "NIS domain name inside the container");
        Labels = f.List("label", 'l', "Label of the container, key=value");
        LabelFiles = f.List("label-file", null, "File with a label on each line");
        Annotations = f.List("annotation", null, "Annotation passed to the OCI runtime, key=value", "map");
        CidFile = f.String("cidfile", null, "File to write the container's ID to");

        Env = f.List("env", 'e', "Environment variable, NAME=value, or NAME to pass the caller's");
        EnvFiles = f.List("env-file", null, "File with a variable on each line");
        Entrypoint = f.String("entrypoint", null, "Program to run in place of the image's entrypoint");
        Workdir = f.String("workdir", 'w', "Working directory inside the container");
        User = f.String("user", 'u', "User and group to run as, <name|uid>[:<group|gid>]");
        Groups = f.List("group-add", null, "Further group to be in");
        Tty = f.Bool("tty", 't', "Give the container a terminal");
        Interactive = f.Bool("interactive", 'i', "Keep stdin open");
        Attach = f.List("attach", 'a', "Stream to attach: stdin, stdout or stderr");
        Init = f.Bool("init", null, "Run an init that forwards signals and reaps processes");
        StopSignal = f.String("stop-signal", null, "Signal that stops the container");
        StopTimeout = f.Int("stop-timeout", null, "Seconds from the stop signal to SIGKILL");

        AutoRemove = f.Bool("rm", null, "Remove the container, with its anonymous volumes, when it ends");
        Restart = f.String("restart", null, "When to restart it: no, on-failure[:max], always, unless-stopped", "no");
        Pull = f.String("pull", null, "When to pull the image: always, missing, never", "missing");
        Quiet = f.Bool("quiet", 'q', "Do not show the pull's progress");
        Platform = f.Platform();
        f.Add(new Images.TrustFlag());

        Health = new HealthSpec(f);
        LogDriver = f.String("log-driver", null, "Driver that keeps the container's output");
        LogOptions = f.List("log-opt", null, "Option of the log driver, key=value");
        Resources = new ResourceFlags(f);
        Isolation = new IsolationFlags(f);
        Network = new NetworkFlags(f);
        Storage = new StorageFlags(f);
    }

    public ValueFlag<string> Name { get; }
    public ValueFlag<string> Hostname { get; }
    public ValueFlag<string> Domainname { get; }
    public ListFlag Labels { get; }
    public ListFlag LabelFiles { get; }
    public ListFlag Annotations { get; }
    public ValueFlag<string> CidFile { get; }
    public ListFlag Env { get; }
    public ListFlag EnvFiles { get; }
    public ValueFlag<string> Entrypoint { get; }
    public ValueFlag<string> Workdir { get; }
    public ValueFlag<string> User { get; }
    public ListFlag Groups { get; }
    public BoolFlag Tty { get; }
    public BoolFlag Interactive { get; }
    public ListFlag Attach { get; }
    public BoolFlag Init { get; }
    public ValueFlag<string> StopSignal { get; }
    public ValueFlag<long?> StopTimeout { get; }
    public BoolFlag AutoRemove { get; }
    public ValueFlag<string> Restart { get; }
    public ValueFlag<string> Pull { get; }
    public BoolFlag Quiet { get; }
    public ValueFlag<string> Platform { get; }
    public HealthSpec Health { get; }
    public ValueFlag<string> LogDriver { get; }
    public ListFlag LogOptions { get; }
    public ResourceFlags Resources { get; }
    public IsolationFlags Isolation { get; }
    public NetworkFlags Network { get; }
    public StorageFlags Storage { get; }
}
