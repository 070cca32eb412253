namespace Orchestrator.Images;

/// <summary>A failure that its message explains to the user in one line: what happened, and what to do next.</summary>
#pragma warning disable CA1032 // Without kind and message it would say nothing.
public sealed class ImageException(ImageError error, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public ImageError Error { get; } = error;

    /// <summary>How long a registry that is busy asked to be left alone; null: it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
