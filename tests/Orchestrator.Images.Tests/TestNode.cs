using Orchestrator.Images.Distribution;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Tests;

/// <summary>The images of one node in a folder of its own.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();

    public ImageService Images { get; private set; } = null!; // Set by StartAsync, the only way to get one.

    public string DataRoot => folder["data"];

    public static async Task<TestNode> StartAsync(IClusterRegistry? cluster = null)
    {
        var node = new TestNode();
        await node.RestartAsync(cluster);
        return node;
    }

    public async Task RestartAsync(IClusterRegistry? cluster = null) => Images = await ImageService.OpenAsync(
        new ImageOptions { DataRoot = DataRoot, TransferAttempts = 2 }, cluster, TimeProvider.System, default);

    public Task<Image> ImportAsync(byte[] tar, string? name, params string[] changes) => Images.ImportAsync(
        new MemoryStream(tar), new ImportOptions { Reference = name, Changes = [.. changes] }, null, default);

    public Task<Image> ImportAsync(string name) =>
        ImportAsync(new TarBuilder().File("etc/name", name).Build(), name, "CMD [\"true\"]");

    /// <summary>Everything in the data root that is content: blobs and layers, by name.</summary>
    public IReadOnlyList<string> Kept() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(DataRoot, "content", "blobs"), "*", SearchOption.AllDirectories).Order(),
        .. Directory.EnumerateFiles(Path.Combine(DataRoot, "content", "ingest")),
        .. Directory.EnumerateDirectories(Path.Combine(DataRoot, "snapshots", "l")).Where(d => !d.EndsWith("/0", StringComparison.Ordinal)).Order(),
        .. Directory.EnumerateFileSystemEntries(Path.Combine(DataRoot, "snapshots", "tmp")),
    ];

    public static RemoveOptions Removal(bool force = false, ImageUse? use = null) =>
        new() { Force = force, UserOf = _ => use };

    public async ValueTask DisposeAsync()
    {
        await Images.DisposeAsync();
        folder.Dispose();
    }
}
