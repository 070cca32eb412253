using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Requests;

/// <summary>What a request's path is about.</summary>
internal enum RegistryResource
{
    Base,
    Catalog,
    Token,
    Legacy,
    Manifest,
    Blob,
    Upload,
    Tags,
    Referrers,
}

/// <summary>A path below <c>/v2/</c>, taken apart from its end: names of repositories have slashes.</summary>
/// <param name="Argument">Tag, digest or upload id; empty where there is none.</param>
internal sealed record RegistryPath(RegistryResource Resource, string Name = "", string Argument = "")
{
    /// <exception cref="RegistryError">
    /// NAME_INVALID, or UNSUPPORTED for what no path of the specification is.
    /// </exception>
    public static RegistryPath Parse(string path)
    {
        var steps = path.Split('/');
        return steps switch
        {
            [] or [""] => new(RegistryResource.Base),
            ["_catalog"] => new(RegistryResource.Catalog),
            ["_token"] => new(RegistryResource.Token),
            ["_orch", "legacy"] => new(RegistryResource.Legacy),
            [.. var name, "tags", "list"] => Named(RegistryResource.Tags, name, ""),
            [.. var name, "blobs", "uploads", var id] => Named(RegistryResource.Upload, name, id),
            [.. var name, "blobs", "uploads"] => Named(RegistryResource.Upload, name, ""),
            [.. var name, "blobs", var digest] => Named(RegistryResource.Blob, name, digest),
            [.. var name, "manifests", var reference] => Named(RegistryResource.Manifest, name, reference),
            [.. var name, "referrers", var digest] => Named(RegistryResource.Referrers, name, digest),
            _ => throw new RegistryError(404, "UNSUPPORTED", "no such resource"),
        };
    }

    private static RegistryPath Named(RegistryResource resource, string[] steps, string argument)
    {
        var name = string.Join('/', steps);
        return ReferenceGrammar.IsPath(name) ? new(resource, name, argument) : throw RegistryError.NameInvalid(name);
    }
}
