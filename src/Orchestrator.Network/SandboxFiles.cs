namespace Orchestrator.Network;

/// <summary>Contents of the three files that the engine mounts into the container's /etc.</summary>
public sealed record SandboxFiles(string Hostname, string Hosts, string ResolvConf);
