using Microsoft.AspNetCore.Http;

namespace Orchestrator.Registry.Requests;

/// <summary>Answers requests about blobs that are there.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Pulling blobs", "Deleting Blobs".</remarks>
internal sealed class BlobRequests(ImageRegistry registry)
{
    public async Task GetAsync(RegistryCall call)
    {
        var digest = RegistryCall.ParseDigest(call.Argument);
        var isHead = HttpMethods.IsHead(call.Method);
        if (!registry.Repositories.HasBlob(call.Name, digest)
            && (call.IsPeer || isHead || !await registry.Intake.FetchBlobAsync(call.Name, digest, call.Aborted)))
            throw RegistryError.BlobUnknown(call.Argument);
        await BlobSender.SendAsync(
            call.Http, registry.Content, digest, "application/octet-stream", call.Aborted);
    }

    public Task Delete(RegistryCall call)
    {
        var digest = RegistryCall.ParseDigest(call.Argument);
        if (!registry.Repositories.HasBlob(call.Name, digest))
            throw RegistryError.BlobUnknown(call.Argument);
        registry.Repositories.RemoveBlob(call.Name, digest);
        call.Answer(StatusCodes.Status202Accepted);
        return Task.CompletedTask;
    }
}
