namespace Orchestrator.Images.Distribution;

/// <summary>How a registry came to have a blob.</summary>
internal enum UploadOutcome
{
    /// <summary>It was there already.</summary>
    Present,

    /// <summary>The registry took it over from another of its repositories.</summary>
    Mounted,

    /// <summary>It was sent.</summary>
    Sent,
}
