namespace Orchestrator.Api;

/// <summary>The <c>{}</c> that stands behind each key of a set: exposed ports, anonymous volumes.</summary>
public sealed record EmptyObject;
