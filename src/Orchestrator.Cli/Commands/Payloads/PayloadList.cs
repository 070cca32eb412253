using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Payloads;

internal sealed class PayloadList(PayloadWords words) : ListCommand
{
    public override int Run(Session session, List<string> args)
    {
        // A config reads as a secret that happens to be shown: their bodies are alike.
        var found = session.Client.Get(
            $"{words.Path}{new Query().Add(FilterFlags.ToFilters(Filter))}", ApiJson.Wire.SecretArray);
        var now = session.Time.GetUtcNow();
        new Listing<Secret>(
            words.IsSecret ? ["ID", "Name", "Driver", "CreatedAt", "UpdatedAt"] : ["ID", "Name", "CreatedAt", "UpdatedAt"],
            new("ID", "ID", static s => s.ID),
            new("Name", "NAME", static s => s.Spec.Name),
            new("Driver", "DRIVER", static s => s.Spec.Driver?.Name ?? ""),
            new("CreatedAt", "CREATED", s => HumanDuration.Of(now - s.CreatedAt) + " ago"),
            new("UpdatedAt", "UPDATED", s => HumanDuration.Of(now - s.UpdatedAt) + " ago"),
            new("Labels", "LABELS", static s => Text.Join(s.Spec.Labels)))
        {
            Lookup = static (s, field, key) => field == "Label" ? s.Spec.Labels?.GetValueOrDefault(key, "") ?? "" : null,
        }.Write(
            session.Out, found.OrderBy(static s => s.Spec.Name, Services.NaturalOrder.Instance),
            DefaultFormat.Of(session, Format, $"{words.Noun}Format", Quiet), Quiet);
        return 0;
    }
}
