using System.Security.Cryptography;

namespace Orchestrator.Store.Log;

/// <summary>Reads one segment and tells a write that a power cut left unfinished from damage.</summary>
internal static class SegmentReader
{
    public static SegmentHeader ReadHeader(IDurableFiles files, string directory, string name)
    {
        var path = Path.Combine(directory, name);
        using var stream = files.OpenRead(path);
        var page = new byte[SegmentHeader.Bytes];
        var read = stream.ReadAtLeast(page, page.Length, throwOnEndOfStream: false);
        return SegmentHeader.Decode(page.AsSpan(0, read)) is { } header && header.FileName == name
            ? header
            : throw new LogDamagedException(path, "its header cannot be read");
    }

    /// <summary>All frames, in order.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">Which.</param>
    /// <param name="key">What it may be encrypted under.</param>
    /// <param name="isLast">Only the last segment may end in an unfinished write.</param>
    /// <exception cref="LogDamagedException">A frame is missing or damaged that was once synced.</exception>
    public static (SegmentHeader Header, List<Frame> Frames, uint LastCrc) Read(
        IDurableFiles files, string path, bool isLast, DataKey? key)
    {
        var bytes = ReadAll(files, path);
        var header = SegmentHeader.Decode(bytes) ?? throw new LogDamagedException(path, "its header cannot be read");
        using var sealer = key?.For(header.KeySalt);
        var frames = new List<Frame>();
        var (offset, crc) = (SegmentHeader.Bytes, header.PreviousCrc);
        while (Next() is { } found)
        {
            frames.Add(found.Frame);
            (offset, crc) = (found.End, found.Crc);
        }

        var next = header.FirstFrame + (ulong)frames.Count;
        if (ProvesMore(bytes, offset, header.Salt, next))
            throw new LogDamagedException(
                path, $"frame {next} at byte {offset} cannot be read, and later ones prove that it was written");
        if (!isLast && !IsBlank(bytes, offset))
            throw new LogDamagedException(
                path, $"frame {next} at byte {offset} cannot be read, and a later segment follows");
        return (header, frames, crc);

        (Frame Frame, int End, uint Crc)? Next()
        {
            var number = header.FirstFrame + (ulong)frames.Count;
            try
            {
                return ReadFrame(bytes, offset, header, number, crc, sealer);
            }
            catch (CryptographicException e)
            {
                throw new LogDamagedException(path, $"frame {number} at byte {offset} cannot be decrypted: {e.Message}");
            }
        }
    }

    private static byte[] ReadAll(IDurableFiles files, string path)
    {
        using var stream = files.OpenRead(path);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static (Frame Frame, int End, uint Crc)? ReadFrame(
        byte[] bytes, int offset, SegmentHeader segment, ulong expected, uint previousCrc, FileSealer? sealer)
    {
        if (offset + FrameCodec.HeaderBytes > bytes.Length)
            return null;
        if (FrameCodec.DecodeHeader(
            bytes.AsSpan(offset), segment.Salt, out var crc) is not { Type: FrameType.Data } header)
            return null;
        if (header.Seq != expected || header.PreviousCrc != previousCrc)
            return null;
        return FrameCodec.DecodeBody(header, bytes.AsSpan(offset), segment.Salt, sealer) is { } frame
            ? (frame, offset + FrameCodec.HeaderBytes + header.BodyLength, crc)
            : null;
    }

    /// <summary>
    /// A frame is written only after the one before it is synced. So any readable header further on that comes later,
    /// or says that the missing one was synced, proves that it once was there.
    /// </summary>
    private static bool ProvesMore(byte[] bytes, int offset, uint salt, ulong missing)
    {
        for (var at = offset; at + FrameCodec.HeaderBytes <= bytes.Length; at += 8)
        {
            if (bytes[at] == 0)
                continue;
            if (FrameCodec.DecodeHeader(bytes.AsSpan(at), salt, out _) is { } header
                && (header.DurableSeq >= missing || header.Seq > missing))
                return true;
        }

        return false;
    }

    /// <summary>Nothing but zeros, or the marker of a clean end.</summary>
    private static bool IsBlank(byte[] bytes, int offset)
    {
        var start = Math.Min(bytes.Length, offset + FrameCodec.HeaderBytes);
        return bytes.AsSpan(start).IndexOfAnyExcept((byte)0) < 0;
    }
}
