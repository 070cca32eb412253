namespace Orchestrator.Images.Tar;

/// <summary>The content of a reader's current entry.</summary>
internal sealed class TarContentStream(TarReader reader) : ForwardStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        reader.ReadContentAsync(buffer, cancellationToken);
}
