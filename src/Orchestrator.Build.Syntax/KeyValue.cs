namespace Orchestrator.Build.Syntax;

/// <summary>A name and a value, both as written: quotes and variables are still in them.</summary>
/// <param name="IsLegacy">Written <c>name value</c>, without an equals sign.</param>
public sealed record KeyValue(string Key, string Value, bool IsLegacy = false);
