namespace Orchestrator.Images.Tar;

/// <summary>A view of the content of a reader's current entry.</summary>
internal sealed class TarContentStream(Func<Memory<byte>, CancellationToken, ValueTask<int>> read) : ForwardStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        read(buffer, cancellationToken);
}
