using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Services as users declare them. What follows from a spec is the orchestrator's.</summary>
internal sealed class ServiceApi(ObjectStore store)
{
    public async Task<P.ListServicesResponse> ListAsync(
        P.ListServicesRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        var response = new P.ListServicesResponse();
        foreach (var service in root.Services.All.Where(service => Matches(service, request)))
        {
            response.Services.Add(service.ToProto());
            response.Counts.Add(service.Id.Value, Count(service, root));
        }

        return response;
    }

    public async Task<P.GetServiceResponse> GetAsync(P.GetServiceRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        var service = References.Service(root, request.Reference);
        if (request.InsertDefaults)
        {
            service = service with
            {
                Spec = service.Spec with
                {
                    Update = service.Spec.Update ?? new UpdateConfig(),
                    Rollback = service.Spec.Rollback ?? new UpdateConfig(),
                },
            };
        }

        return new P.GetServiceResponse { Service = service.ToProto() };
    }

    public async Task<P.CreateServiceResponse> CreateAsync(
        P.CreateServiceRequest request, CancellationToken cancellationToken)
    {
        var asked = ModelOf(request.Spec);
        var id = new ServiceId(Identifier.New());
        await store.UpdateAsync(
            tx => tx.Services.Create(new Service { Id = id, Spec = ServiceValidator.Validate(Named(asked, tx), null, tx) }),
            cancellationToken);
        var root = store.View();
        var service = root.Services.Get(id.Value)!;
        return new P.CreateServiceResponse
        {
            Service = service.ToProto(), Warnings = { ServiceWarnings.Of(service.Spec, root) },
        };
    }

    public async Task<P.UpdateServiceResponse> UpdateAsync(
        P.UpdateServiceRequest request, CancellationToken cancellationToken)
    {
        var committed = await store.UpdateAsync(tx => Update(tx, request), cancellationToken);
        var root = store.View();
        var service = root.Services.Get(committed.Value.Id.Value) ?? committed.Value;
        return new P.UpdateServiceResponse
        {
            Service = service.ToProto(), Warnings = { ServiceWarnings.Of(service.Spec, root) },
        };
    }

    public async Task<P.RemoveServiceResponse> RemoveAsync(
        P.RemoveServiceRequest request, CancellationToken cancellationToken)
    {
        await store.UpdateAsync(
            tx => tx.Services.Delete(References.Service(tx.Base, request.Id).Id.Value), cancellationToken);
        return new P.RemoveServiceResponse();
    }

    /// <summary>With a name of its own, when it was given none.</summary>
    private static ServiceSpec Named(ServiceSpec asked, Transaction tx)
    {
        var name = asked.Name;
        for (var attempt = 0; name.Length == 0; attempt++)
        {
            var made = NameMaker.Make(Random.Shared, attempt);
            name = tx.Services.Find(Indexes.ServiceName, made).Count == 0 ? made : "";
        }

        return asked with { Annotations = asked.Annotations with { Name = name } };
    }

    private static Service Update(Transaction tx, P.UpdateServiceRequest request)
    {
        var service = tx.Services.Get(References.Service(tx.Base, request.Id).Id.Value)!;
        SpecGuard.Check(request.Version, service.SpecVersion, service.Meta.Version);
        var asked = request.Rollback
            ? service.PreviousSpec ?? throw new UserException(
                ErrorCode.FailedPrecondition, $"service {service.Spec.Name} does not have a previous spec",
                "There is nothing to go back to before the first update.")
            : ModelOf(request.Spec);
        if (!string.Equals(asked.Name, service.Spec.Name, StringComparison.Ordinal))
            throw new UserException(
                ErrorCode.Unsupported, "renaming services is not supported", "Create a new service with that name.");
        if (asked.Mode.GetType() != service.Spec.Mode.GetType())
            throw new UserException(
                ErrorCode.Unsupported, "service mode change is not allowed", "Create a new service with that mode.");
        return tx.Services.Update(service with
        {
            Spec = ServiceValidator.Validate(asked, service, tx),
            PreviousSpec = service.Spec,
            // Only grows, and is new with each spec; the version of this very write is not known before it is made.
            SpecVersion = service.Meta.Version,
            UpdateStatus = request.Rollback
                ? new UpdateStatus(UpdateState.RollbackStarted, tx.Now, null, "manually requested rollback")
                : null,
        });
    }

    private static ServiceSpec ModelOf(P.ServiceSpec? spec)
    {
        if (spec?.Task?.Container is null)
            throw UserErrors.Invalid(
                "ContainerSpec: image reference must be provided", "Name an image: orch service create IMAGE");
        return spec.ToModel();
    }

    private static P.ServiceCounts Count(Service service, StoreRoot root)
    {
        var tasks = root.Tasks.Find(Indexes.TaskService, service.Id.Value)
            .Where(task => task.DesiredState == TaskState.Running && !task.Status.State.IsTerminal()).ToList();
        return new P.ServiceCounts
        {
            Running = (ulong)tasks.Count(task => task.Status.State == TaskState.Running),
            Desired = service.Spec.Mode is ServiceMode.Replicated replicated ? replicated.Replicas : (ulong)tasks.Count,
        };
    }

    private static bool Matches(Service service, P.ListServicesRequest request) =>
        Matching.Prefix(request.Ids, service.Id.Value)
        && Matching.Prefix(request.Names, service.Spec.Name)
        && Matching.Labels(request.Labels, service.Spec.Annotations.Labels)
        && Matching.Value(request.Modes, service.Spec.Mode is ServiceMode.Global ? "global" : "replicated");
}
