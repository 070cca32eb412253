namespace Orchestrator.Cli.Commands.Builds;

/// <summary>Tells an archive from a Dockerfile by how it begins.</summary>
internal static class ArchiveSignature
{
    private const int HeaderBytes = 512, ChecksumAt = 148, ChecksumBytes = 8;

    public static bool Is(ReadOnlySpan<byte> start) =>
        Begins(start, [0x1f, 0x8b]) || Begins(start, "BZh"u8) || Begins(start, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])
            || Begins(start, [0x28, 0xb5, 0x2f, 0xfd]) || IsTar(start);

    private static bool Begins(ReadOnlySpan<byte> start, ReadOnlySpan<byte> signature) => start.StartsWith(signature);

    /// <summary>A tar of any age: its first header's checksum is right, or it is nothing but the end.</summary>
    private static bool IsTar(ReadOnlySpan<byte> start)
    {
        if (start.Length < HeaderBytes) return false;
        var header = start[..HeaderBytes];
        if (header.IndexOfAnyExcept((byte)0) < 0) return true;
        var sum = 0;
        for (var i = 0; i < HeaderBytes; i++)
            sum += i is >= ChecksumAt and < ChecksumAt + ChecksumBytes ? ' ' : header[i];
        var written = 0;
        foreach (var digit in header.Slice(ChecksumAt, ChecksumBytes))
            if (digit is >= (byte)'0' and <= (byte)'7') written = (written * 8) + digit - '0';
        return sum == written;
    }
}
