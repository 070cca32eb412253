using System.Globalization;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Containers;

namespace Orchestrator.EngineApi;

/// <summary>The filters that every prune knows: <c>label</c>, <c>label!</c> and <c>until</c>. Pure.</summary>
internal static class PruneFilter
{
    public static bool Matches(
        Api.Filters filters, IReadOnlyDictionary<string, string> labels, DateTimeOffset created, TimeProvider time) =>
        filters["label"].All(label => ContainerFilter.HasLabel(labels, label))
        && !filters["label!"].Any(label => ContainerFilter.HasLabel(labels, label))
        && filters["until"].All(until => created < Until(until, time.GetUtcNow()));

    /// <summary>A moment, or a span back from now such as <c>24h</c> or <c>1h30m</c>.</summary>
    internal static DateTimeOffset Until(string text, DateTimeOffset now)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        if (GoDuration.TryParse(text, out var span))
            return now - span;
        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : throw EngineException.Invalid($"invalid filter 'until={text}': give a time or a span such as 24h");
    }
}
