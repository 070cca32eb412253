using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;
using Task = System.Threading.Tasks.Task;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>/secrets, or /configs.</summary>
internal sealed class PayloadRoutes(ControlCalls control, PayloadKind kind)
{
    private static Api.ApiJson Json => Api.ApiJson.Wire;

    public void Map(IEndpointRouteBuilder routes)
    {
        var path = kind == PayloadKind.Secret ? "/secrets" : "/configs";
        routes.MapGet(path, ListAsync);
        routes.MapPost($"{path}/create", CreateAsync);
        routes.MapGet(path + "/{id}", InspectAsync);
        routes.MapPost(path + "/{id}/update", UpdateAsync);
        routes.MapDelete(path + "/{id}", RemoveAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        var filters = http.Filters("id", "label", "name", "names");
        var request = new ListPayloadsRequest
        {
            Kind = kind,
            Ids = { filters["id"] },
            Names = { filters["name"] },
            ExactNames = { filters["names"] },
            Labels = { filters["label"] },
        };
        var response = await control.CallAsync(
            c => c.ListPayloadsAsync(request, cancellationToken: http.RequestAborted));
        if (kind == PayloadKind.Secret)
            await http.WriteJsonAsync([.. response.Payloads.Select(ViewOf<Dto.Secret>)], Json.SecretArray);
        else
            await http.WriteJsonAsync([.. response.Payloads.Select(ViewOf<Dto.Config>)], Json.ConfigArray);
    }

    private async Task CreateAsync(HttpContext http)
    {
        var spec = await http.ReadJsonAsync(Json.SecretSpec);
        SpecFields.Refuse(spec.Driver is { Name.Length: > 0 }, "a secret driver");
        SpecFields.Refuse(spec.Templating is { Name.Length: > 0 }, "a template driver");
        var request = new CreatePayloadRequest
        {
            Kind = kind, Annotations = AnnotationsOf(spec), Data = ByteString.CopyFrom(spec.Data ?? []),
        };
        var response = await control.CallAsync(
            c => c.CreatePayloadAsync(request, cancellationToken: http.RequestAborted));
        await http.WriteJsonAsync(
            new Dto.PayloadCreateResponse { ID = response.Id }, Json.PayloadCreateResponse, StatusCodes.Status201Created);
    }

    private async Task InspectAsync(HttpContext http)
    {
        var request = new GetPayloadRequest { Kind = kind, Reference = http.Route("id") };
        var response = await control.CallAsync(c => c.GetPayloadAsync(request, cancellationToken: http.RequestAborted));
        if (kind == PayloadKind.Secret)
            await http.WriteJsonAsync(ViewOf<Dto.Secret>(response.Payload), Json.Secret);
        else
            await http.WriteJsonAsync(ViewOf<Dto.Config>(response.Payload), Json.Config);
    }

    private async Task UpdateAsync(HttpContext http)
    {
        var spec = await http.ReadJsonAsync(Json.SecretSpec);
        var request = new UpdatePayloadRequest
        {
            Kind = kind, Id = http.Route("id"), Version = http.Version(), Annotations = AnnotationsOf(spec),
            Data = ByteString.CopyFrom(spec.Data ?? []),
        };
        await control.CallAsync(c => c.UpdatePayloadAsync(request, cancellationToken: http.RequestAborted));
    }

    private async Task RemoveAsync(HttpContext http)
    {
        var request = new RemovePayloadRequest { Kind = kind, Id = http.Route("id") };
        await control.CallAsync(c => c.RemovePayloadAsync(request, cancellationToken: http.RequestAborted));
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Annotations AnnotationsOf(Dto.SecretSpec spec) => new() { Name = spec.Name, Labels = { spec.Labels ?? [] } };

    private static T ViewOf<T>(Payload payload)
        where T : Dto.Payload, new()
    {
        var model = payload.ToModel();
        return new()
        {
            ID = payload.Id,
            Version = ObjectViews.Version(model.Meta),
            CreatedAt = model.Meta.CreatedAt,
            UpdatedAt = model.Meta.UpdatedAt,
            Spec = SpecOf(model),
        };
    }

    private static Dto.SecretSpec SpecOf(Model.Payload payload) => new()
    {
        Name = payload.Name,
        Labels = SpecFields.Map(payload.Annotations.Labels),
        Data = payload.Data.IsEmpty ? null : payload.Data.ToArray(),
    };
}
