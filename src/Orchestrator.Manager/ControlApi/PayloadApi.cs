using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Secrets and configs. What is in a secret goes in here and comes out to nobody who asks.</summary>
internal sealed class PayloadApi(ObjectStore store)
{
    public async Task<P.ListPayloadsResponse> ListAsync(
        P.ListPayloadsRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        var response = new P.ListPayloadsResponse();
        response.Payloads.AddRange(
            root.Payloads((PayloadKind)request.Kind).All.Where(payload => Matches(payload, request))
                .Select(payload => (payload with { Data = default }).ToProto())); // Of many configs it would be too much.
        return response;
    }

    public async Task<P.GetPayloadResponse> GetAsync(P.GetPayloadRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        return new() { Payload = Shown(References.Payload(root, (PayloadKind)request.Kind, request.Reference)) };
    }

    public async Task<P.CreatePayloadResponse> CreateAsync(
        P.CreatePayloadRequest request, CancellationToken cancellationToken)
    {
        var payload = new Payload
        {
            Id = new(Identifier.New()),
            Kind = (PayloadKind)request.Kind,
            Annotations = request.Annotations.ToModel(),
            Data = request.Data.Memory,
        };
        PayloadValidator.Validate(payload);
        await store.UpdateAsync(tx => tx.Payloads(payload.Kind).Create(payload), cancellationToken);
        return new() { Id = payload.Id.Value };
    }

    public async Task<P.UpdatePayloadResponse> UpdateAsync(
        P.UpdatePayloadRequest request, CancellationToken cancellationToken)
    {
        var committed = await store.UpdateAsync(tx => Update(tx, request), cancellationToken);
        var kind = (PayloadKind)request.Kind;
        return new() { Payload = Shown(store.View().Payloads(kind).Get(committed.Value.Id.Value) ?? committed.Value) };
    }

    public async Task<P.RemovePayloadResponse> RemoveAsync(
        P.RemovePayloadRequest request, CancellationToken cancellationToken)
    {
        await store.UpdateAsync(tx => Remove(tx, (PayloadKind)request.Kind, request.Id), cancellationToken);
        return new();
    }

    private static Payload Update(Transaction tx, P.UpdatePayloadRequest request)
    {
        var kind = (PayloadKind)request.Kind;
        var payload = tx.Payloads(kind).Get(References.Payload(tx.Base, kind, request.Id).Id.Value)!;
        if (request.Version != payload.Meta.Version)
            throw UserErrors.OutOfSequence();
        var wanted = request.Annotations.ToModel();
        var isOther = request.Data.Length > 0 && !request.Data.Span.SequenceEqual(payload.Data.Span);
        if (isOther || (wanted.Name.Length > 0 && wanted.Name != payload.Name))
            throw UserErrors.Invalid(
                "only updates to Labels are allowed",
                $"Create another {Noun(kind)} and give it to the services in place of this one.");
        return tx.Payloads(kind).Update(
            payload with { Annotations = payload.Annotations with { Labels = wanted.Labels } });
    }

    private static bool Remove(Transaction tx, PayloadKind kind, string reference)
    {
        var payload = References.Payload(tx.Base, kind, reference);
        var users = tx.Services.All().Where(service => PayloadsOf(service.Spec).Contains(payload.Id))
            .Select(service => service.Spec.Name).Order(StringComparer.Ordinal).ToList();
        if (users.Count > 0)
        {
            throw new UserException(
                ErrorCode.InUse,
                $"{Noun(kind)} '{payload.Name}' is in use by the following "
                + $"{(users.Count == 1 ? "service" : "services")}: {string.Join(", ", users)}",
                $"Take it from there first: orch service update --{Noun(kind)}-rm {payload.Name} {users[0]}");
        }

        tx.Payloads(kind).Delete(payload.Id.Value);
        return true;
    }

    /// <summary>All that a service refers to: files of its tasks, certificates of its routes.</summary>
    private static IEnumerable<PayloadId> PayloadsOf(ServiceSpec spec) =>
        spec.Task.Container.Payloads.Select(p => p.Id)
            .Concat(spec.Endpoint.Routes.Where(route => route.HasTls).Select(route => route.SecretId));

    private static P.Payload Shown(Payload payload) =>
        (payload.Kind == PayloadKind.Secret ? payload with { Data = default } : payload).ToProto();

    private static bool Matches(Payload payload, P.ListPayloadsRequest request) =>
        Matching.Prefix(request.Ids, payload.Id.Value)
        && Matching.Prefix(request.Names, payload.Name)
        && (request.ExactNames.Count == 0 || request.ExactNames.Contains(payload.Name))
        && Matching.Labels(request.Labels, payload.Annotations.Labels);

    internal static string Noun(PayloadKind kind) => kind == PayloadKind.Secret ? "secret" : "config";
}
