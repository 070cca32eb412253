namespace Orchestrator.Images.Tar;

/// <summary>The bytes are no tar, or one that is cut off or forged. The message names entry or offset.</summary>
#pragma warning disable CA1032 // Without a message it would say nothing.
public sealed class TarException(string message, Exception? inner = null) : FormatException(message, inner);
