namespace Orchestrator.Engine.Containers;

/// <summary>Where the output of a container can go.</summary>
public static class LogDrivers
{
    public const string JsonFile = "json-file", Local = "local", Syslog = "syslog", Journald = "journald", None = "none";

    public static IReadOnlyList<string> All { get; } = [JsonFile, Local, Syslog, Journald, None];
}
