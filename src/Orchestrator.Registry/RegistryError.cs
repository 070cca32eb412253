using Microsoft.AspNetCore.Http;

namespace Orchestrator.Registry;

/// <summary>A refusal in the distribution specification's codes.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Error Codes".</remarks>
#pragma warning disable CA1032 // Without status and code it would say nothing.
internal sealed class RegistryError(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static RegistryError NameInvalid(string name) => new(StatusCodes.Status400BadRequest, "NAME_INVALID",
        $"invalid repository name \"{name}\": write lower-case words, separated by slashes");

    public static RegistryError NameUnknown(string name) =>
        new(StatusCodes.Status404NotFound, "NAME_UNKNOWN", $"repository {name} is not known to this registry");

    public static RegistryError BlobUnknown(string digest) =>
        new(StatusCodes.Status404NotFound, "BLOB_UNKNOWN", $"blob {digest} is not known to this repository");

    public static RegistryError ManifestUnknown(string reference) =>
        new(StatusCodes.Status404NotFound, "MANIFEST_UNKNOWN", $"manifest {reference} is not known to this repository");

    public static RegistryError ManifestInvalid(string why) =>
        new(StatusCodes.Status400BadRequest, "MANIFEST_INVALID", $"manifest invalid: {why}");

    public static RegistryError ManifestBlobUnknown(string digest) => new(StatusCodes.Status404NotFound,
        "MANIFEST_BLOB_UNKNOWN", $"the manifest names {digest}, which this repository does not have: push it first");

    public static RegistryError DigestInvalid(string why) =>
        new(StatusCodes.Status400BadRequest, "DIGEST_INVALID", why);

    public static RegistryError UploadUnknown(string id) => new(StatusCodes.Status404NotFound, "BLOB_UPLOAD_UNKNOWN",
        $"upload {id} is not known here: it was finished or given up, or the registry was restarted; begin it anew");

    public static RegistryError Unsupported() =>
        new(StatusCodes.Status405MethodNotAllowed, "UNSUPPORTED", "the operation is unsupported");
}
