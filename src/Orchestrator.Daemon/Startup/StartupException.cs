namespace Orchestrator.Daemon.Startup;

/// <summary>Why orchd cannot start: one line for whoever started it.</summary>
#pragma warning disable CA1032 // Always with its line.
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
