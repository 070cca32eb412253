using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine.Events;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Host;

/// <summary>What happens, as it happens.</summary>
internal sealed class EventRoutes(EngineApiContext context)
{
    private static readonly string[] Known =
    [
        "config", "container", "daemon", "event", "image", "label", "network", "node", "plugin", "scope", "secret",
        "service", "type", "volume",
    ];

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/events", StreamAsync);

    private async Task StreamAsync(HttpContext http)
    {
        var filter = new EventFilter(http.Filters(Known));
        var (since, until) = (http.Time("since"), http.Time("until"));
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        await foreach (var item in context.Engine.Events.ReadAsync(since, until, http.RequestAborted))
        {
            if (filter.Matches(item))
                await http.WriteLineAsync(View(item), Api.ApiJson.Wire.EventMessage);
        }
    }

    private static Api.EventMessage View(EngineEvent item)
    {
        var old = item.Type is "container" or "image";
        return new Api.EventMessage
        {
            Status = old ? item.Action : null,
            Id = old ? item.ActorId : null,
            From = item.Type == "container" ? item.Attributes.GetValueOrDefault("image") : null,
            Type = item.Type,
            Action = item.Action,
            Actor = new() { ID = item.ActorId, Attributes = new(item.Attributes) },
            Scope = item.Scope,
            Time = item.Time.ToUnixTimeSeconds(),
            TimeNano = (item.Time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
        };
    }
}
