namespace Orchestrator.Images;

/// <summary>What kind of failure an <see cref="ImageException"/> is; the API gives each its HTTP status.</summary>
public enum ImageError
{
    /// <summary>The request cannot be meant so: a bad reference, a damaged archive. 400.</summary>
    Invalid,

    /// <summary>No such image, tag, manifest or repository. 404.</summary>
    NotFound,

    /// <summary>A container uses it, or it has several names. 409.</summary>
    Conflict,

    /// <summary>The registry wants other credentials. 401 of the registry; docker answers 500 or 404.</summary>
    Denied,

    /// <summary>The content is not what its digest, size or format promised. 500.</summary>
    Damaged,

    /// <summary>The disk is full. 507 (docker: 500).</summary>
    NoSpace,

    /// <summary>The registry cannot be reached or fails. 500.</summary>
    Unavailable,
}
