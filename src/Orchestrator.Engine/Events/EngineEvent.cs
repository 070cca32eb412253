namespace Orchestrator.Engine.Events;

/// <summary>Something that happened to an object of this node, in docker's words.</summary>
/// <param name="Type"><c>container</c>, <c>image</c>, <c>network</c>, <c>volume</c> …</param>
/// <param name="Action"><c>create</c>, <c>start</c>, <c>die</c> …</param>
/// <param name="ActorId">The object's id (a volume's or image's name where docker has that).</param>
/// <param name="Attributes">
/// Labels, <c>name</c>, <c>image</c>, and what the action adds, such as <c>exitCode</c>.
/// </param>
/// <param name="Scope"><c>local</c>, or <c>swarm</c> for what the cluster reports.</param>
public sealed record EngineEvent(
    string Type,
    string Action,
    string ActorId,
    IReadOnlyDictionary<string, string> Attributes,
    DateTimeOffset Time,
    string Scope = "local");
