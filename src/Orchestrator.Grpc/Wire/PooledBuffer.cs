using System.Buffers;

namespace Orchestrator.Grpc.Wire;

/// <summary>A growing buffer on rented memory, used again message after message.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>What is kept between messages; more than this is given back after a large one.</summary>
    private const int KeptBytes = 64 * 1024;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public Memory<byte> Written => _bytes.AsMemory(0, Length);

    public void Advance(int count)
    {
        if (count < 0 || count > _bytes.Length - Length)
            throw new ArgumentOutOfRangeException(nameof(count));
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Makes room for so many bytes more.</summary>
    public void Reserve(int count)
    {
        if (_bytes.Length - Length >= count)
            return;
        var wanted = Math.Max((long)Length + count, Math.Min(2L * _bytes.Length, Array.MaxLength));
        var larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Max(wanted, 256)));
        Written.Span.CopyTo(larger);
        Return();
        _bytes = larger;
    }

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptBytes)
            Return();
    }

    public void Dispose()
    {
        Length = 0;
        Return();
    }

    /// <summary>Leaves the memory to the collector: someone may still be reading it.</summary>
    public void Abandon()
    {
        Length = 0;
        _bytes = [];
    }

    private void Return()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}
