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
        if (!registry.Held.HasBlob(call.Name, digest)
            && (call.IsPeer || isHead || !await registry.Intake.FetchBlobAsync(call.Name, digest, call.Aborted)))
        {
            // Whoever pushes asks by HEAD, and sends what is not here.
            var isCurrent = call.IsPeer || isHead || await registry.RefreshAsync(call);
            throw isCurrent ? RegistryError.BlobUnknown(call.Argument) : RegistryError.CutOff(call.Argument);
        }

        await BlobSender.SendAsync(
            call.Http, registry.Content, digest, "application/octet-stream", call.Aborted);
    }

    public async Task DeleteAsync(RegistryCall call)
    {
        var digest = RegistryCall.ParseDigest(call.Argument);
        if (!registry.Held.HasBlob(call.Name, digest))
            throw RegistryError.BlobUnknown(call.Argument);
        registry.Held.RemoveBlob(call.Name, digest);
        if (!call.IsPeer)
            await registry.DeleteBlobElsewhereAsync(call.Name, digest, call.Aborted);
        call.Answer(StatusCodes.Status202Accepted);
    }
}
