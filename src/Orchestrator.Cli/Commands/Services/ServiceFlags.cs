using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>
/// The flags that describe a service: a create starts from nothing with them, an update from what is there.
/// </summary>
internal sealed class ServiceFlags(FlagSet f, bool isUpdate)
{
    private readonly ListEdit _labels = new(f, isUpdate, "label", 'l', "Label of the service, key=value");
    private readonly ValueFlag<ulong?> _replicas = f.UInt("replicas", null, "Number of tasks");
    private readonly ValueFlag<ulong?> _maxConcurrent = f.UInt(
        "max-concurrent", null, "Tasks of a job that run at once");
    private readonly BoolFlag _withAuth = f.Bool(
        "with-registry-auth", null, "Give the nodes the caller's login for the registry");
    private readonly BoolFlag _noResolve = f.Bool(
        "no-resolve-image", null, "Do not ask the registry for the image's digest");
    private readonly ProcessFlags _process = new(f, isUpdate);
    private readonly PlacementFlags _placement = new(f, isUpdate);
    private readonly PolicyFlags _policy = new(f);
    private readonly EndpointFlags _endpoint = new(f, isUpdate);

    public bool ResolveImage => !_noResolve;

    /// <summary>Writes what was given over the spec; the rest stays.</summary>
    public void Apply(Session session, ServiceSpec spec, RouteCertificates certificates)
    {
        spec.Labels = _labels.Apply(spec.Labels);
        var container = spec.TaskTemplate.ContainerSpec ??= new ContainerSpec();
        _process.Apply(session, spec.TaskTemplate, container);
        _placement.Apply(spec.TaskTemplate);
        _policy.Apply(spec);
        _endpoint.Apply(session, spec, certificates);
        ApplyReplicas(spec.Mode);
    }

    /// <exception cref="CliException">A flag that the mode does not have.</exception>
    public ServiceMode ModeOf(string name)
    {
        var global = name is "global" or "global-job";
        if (global && _replicas.IsSet)
            throw new CliException("replicas can only be used with replicated or replicated-job mode", 125);
        if (global && _placement.MaxPerNodeIsSet) throw new CliException(
            "replicas-max-per-node can only be used with replicated or replicated-job mode", 125);
        if (name != "replicated-job" && _maxConcurrent.IsSet)
            throw new CliException("max-concurrent can only be used with replicated-job mode", 125);
        return name switch
        {
            "replicated" => new ServiceMode { Replicated = new ReplicatedMode { Replicas = _replicas.Value ?? 1 } },
            "global" => new ServiceMode { Global = new EmptyObject() },
            "replicated-job" => new ServiceMode
            {
                ReplicatedJob = new ReplicatedJobMode
                {
                    TotalCompletions = _replicas.Value ?? 1,
                    MaxConcurrent = _maxConcurrent.Value ?? _replicas.Value ?? 1,
                },
            },
            "global-job" => new ServiceMode { GlobalJob = new EmptyObject() },
            _ => throw new CliException(
                $"Unknown mode: {name}, only replicated and global (and replicated-job, global-job) supported", 125),
        };
    }

    public IEnumerable<(string, string)> Headers(Session session, string image) =>
        _withAuth ? Images.RegistryAuth.Headers(session, image) : [];

    private void ApplyReplicas(ServiceMode mode)
    {
        if (!isUpdate) return;
        if (mode.Replicated is { } replicated) replicated.Replicas = _replicas.Value ?? replicated.Replicas;
        else if (mode.ReplicatedJob is { } job)
        {
            job.TotalCompletions = _replicas.Value ?? job.TotalCompletions;
            job.MaxConcurrent = _maxConcurrent.Value ?? job.MaxConcurrent;
        }
        else if (_replicas.IsSet)
            throw new CliException("replicas can only be used with replicated or replicated-job mode");
    }
}
