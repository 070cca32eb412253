using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Pull, push and resolve.</summary>
internal sealed class RegistryTransfers(ImageStores stores, ImageOptions options, IClusterRegistry? cluster) : IDisposable
{
    public Task<Image> PullAsync(Reference name, Platform platform, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken) => throw new NotSupportedException($"{stores}{options}{cluster}");
    public Task PushAsync(Reference name, RegistryCredentials? credentials,
        IProgress<ImageProgress>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<ResolvedImage> ResolveAsync(Reference name, RegistryCredentials? credentials, CancellationToken cancellationToken) => throw new NotSupportedException();
    public void Dispose() { }
}
