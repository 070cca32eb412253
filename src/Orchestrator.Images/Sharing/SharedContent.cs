using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Images.Sharing;

/// <summary>A blob opened for another node: whole, or growing.</summary>
public sealed class SharedContent : IDisposable
{
    private readonly SafeFileHandle file;
    private readonly Func<long, CancellationToken, ValueTask<long>> wait;

    internal SharedContent(SafeFileHandle file, long size, Func<long, CancellationToken, ValueTask<long>> wait) =>
        (this.file, Size, this.wait) = (file, size, wait);

    /// <summary>Bytes it has when it is whole.</summary>
    public long Size { get; }

    /// <summary>Waits until there is something at an offset.</summary>
    /// <returns>Up to where it can be read; not beyond <paramref name="offset"/>: no more will come.</returns>
    public ValueTask<long> WaitAsync(long offset, CancellationToken cancellationToken) =>
        wait(offset, cancellationToken);

    /// <summary>Reads from the page cache, mostly; so not worth another thread.</summary>
    public int Read(Span<byte> into, long offset) => RandomAccess.Read(file, into, offset);

    public void Dispose() => file.Dispose();
}
