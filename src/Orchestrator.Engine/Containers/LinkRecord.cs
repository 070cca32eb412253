namespace Orchestrator.Engine.Containers;

/// <summary>A container of the default bridge that another one knows by a name of its own: <c>--link</c>.</summary>
public sealed record LinkRecord(string ContainerId, string Alias);
