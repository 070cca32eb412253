using Microsoft.AspNetCore.Http;

namespace Orchestrator.Registry.Requests;

/// <summary>A refusal in the distribution specification's codes.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Error Codes".</remarks>
#pragma warning disable CA1032 // Without status and code it would say nothing.
internal sealed class RegistryError(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static RegistryError Unauthorized(string why) => new(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", why);

    public static RegistryError Denied(string why) => new(
        StatusCodes.Status403Forbidden, "DENIED", $"requested access to the resource is denied: {why}");

    public static RegistryError NameInvalid(string name) => new(StatusCodes.Status400BadRequest, "NAME_INVALID",
        $"invalid repository name \"{name}\": write lower-case words, separated by slashes");

    public static RegistryError NameUnknown(string name) =>
        new(StatusCodes.Status404NotFound, "NAME_UNKNOWN", $"repository {name} is not known to this registry");

    public static RegistryError BlobUnknown(string digest) =>
        new(StatusCodes.Status404NotFound, "BLOB_UNKNOWN", $"blob {digest} is not known to this repository");

    public static RegistryError ManifestUnknown(string reference) =>
        new(StatusCodes.Status404NotFound, "MANIFEST_UNKNOWN", $"manifest {reference} is not known to this repository");

    public static RegistryError NotAccepted(string reference, string mediaType) => new(
        StatusCodes.Status404NotFound, "MANIFEST_UNKNOWN",
        $"manifest {reference} is of the type {mediaType}, which the request's Accept header leaves out");

    public static RegistryError ManifestInvalid(string why) =>
        new(StatusCodes.Status400BadRequest, "MANIFEST_INVALID", $"manifest invalid: {why}");

    public static RegistryError ManifestTooLarge(int limit) => new(StatusCodes.Status413PayloadTooLarge,
        "MANIFEST_INVALID", $"manifest invalid: it may have {limit} bytes");

    public static RegistryError ManifestBlobUnknown(string digest) => new(StatusCodes.Status404NotFound,
        "MANIFEST_BLOB_UNKNOWN", $"the manifest names {digest}, which this repository does not have: push it first");

    public static RegistryError DigestInvalid(string why) =>
        new(StatusCodes.Status400BadRequest, "DIGEST_INVALID", why);

    public static RegistryError SizeInvalid(string why) => new(StatusCodes.Status400BadRequest, "SIZE_INVALID", why);

    public static RegistryError UploadUnknown(string id) => new(StatusCodes.Status404NotFound, "BLOB_UPLOAD_UNKNOWN",
        $"upload {id} is not known here: it was finished or given up, or the registry was restarted; begin it anew");

    public static RegistryError UploadInvalid(int status, string why) => new(status, "BLOB_UPLOAD_INVALID", why);

    public static RegistryError Unavailable(string why) =>
        new(StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", why);

    /// <summary>Not known is not the same as not there, when others may know it.</summary>
    public static RegistryError CutOff(string what) => Unavailable(
        $"{what} is not known here, and this manager does not reach a majority of the others: bring them back "
        + "(\"orch node ls\"), or ask another manager");

    public static RegistryError Unsupported() =>
        new(StatusCodes.Status405MethodNotAllowed, "UNSUPPORTED", "the operation is unsupported");
}
