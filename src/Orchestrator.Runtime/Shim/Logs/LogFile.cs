using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>The file and its predecessors <c>.1</c>, <c>.2</c> …, none ever larger than the limit.</summary>
/// <remarks>No call throws for what the disk does: lines that cannot be written are counted, and the log says so once
/// it can again. Used by one thread.</remarks>
internal sealed class LogFile(LogOptions options, LogFormat format, TimeProvider time) : LogSink
{
    private readonly LogCompressor compressor = new();
    private FileDescriptor? file;
    private long size;
    private long lost;

    /// <exception cref="IOException">It cannot be written at all: who makes the container is told.</exception>
    public override void Open()
    {
        if (new FileInfo(options.Path) is { Exists: true, Length: > 0 })
            format.Mend(options.Path);
        file = FileDescriptor.Open(
            options.Path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, 0x1a0);
        size = new FileInfo(options.Path).Length;
    }

    public override void Write(ReadOnlySpan<byte> lines)
    {
        TellLosses();
        while (!lines.IsEmpty)
        {
            var part = lines[..Fitting(lines)];
            lost += format.Count(part[Put(part)..]);
            lines = lines[part.Length..];
        }
    }

    public override void Finish() => TellLosses();

    public override void Sync()
    {
        try
        {
            file?.Sync();
            DurableFile.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
        }
        catch (IOException)
        {
        }
    }

    public override void Dispose()
    {
        file?.Dispose();
        compressor.Await();
    }

    private void TellLosses()
    {
        if (lost > 0 && Put(Notice($"{lost} lines were lost here: the disk took no more")) > 0)
            lost = 0;
    }

    /// <summary>How much of it goes into the current file, which is a new one if need be.</summary>
    private int Fitting(ReadOnlySpan<byte> lines)
    {
        if (options.MaxBytes == 0 || size + lines.Length <= options.MaxBytes)
            return lines.Length;
        var room = (int)Math.Clamp(options.MaxBytes - size, 0, lines.Length);
        var whole = format.Within(lines, room);
        if (whole > 0)
            return whole;
        if (size == 0)
            return format.First(lines); // One line beyond the limit of a file: it gets one to itself.
        if (!TryRotate())
            return format.First(lines);
        return Fitting(lines);
    }

    /// <summary>Writes all of it, or the whole lines there is room for: of half a line, the half is taken back.</summary>
    /// <returns>So many bytes are in the file.</returns>
    private int Put(ReadOnlySpan<byte> bytes)
    {
        if (file is null && !TryReopen())
            return 0;
        var written = 0;
        try
        {
            while (written < bytes.Length)
                written += Math.Max(0, file!.Write(bytes[written..]));
        }
        catch (IOException)
        {
            written = format.Within(bytes, written);
            TryTruncate(size + written);
        }

        size += written;
        return written;
    }

    private void TryTruncate(long length)
    {
        try
        {
            file!.Truncate(length);
        }
        catch (IOException)
        {
            // A disk that cannot even do this: the reader skips what is no line.
        }
    }

    private bool TryRotate()
    {
        try
        {
            file?.Dispose();
            file = null;
            compressor.Await();
            if (options.MaxFiles == 1)
                File.Delete(options.Path);
            for (var i = options.MaxFiles - 1; i >= 1; i--)
                MoveTo(i);
            if (options.Compresses && options.MaxFiles > 1)
                compressor.Begin($"{options.Path}.1");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the current file grows on.
        }

        return TryReopen() && size == 0;
    }

    /// <summary>Each is there in one of two shapes, and takes the place of the next in either.</summary>
    private void MoveTo(int number)
    {
        var (from, to) = (number == 1 ? options.Path : $"{options.Path}.{number - 1}", $"{options.Path}.{number}");
        if (File.Exists(from))
        {
            File.Move(from, to, overwrite: true);
            File.Delete(to + LogCompressor.Suffix);
        }
        else if (number > 1 && File.Exists(from + LogCompressor.Suffix))
        {
            File.Move(from + LogCompressor.Suffix, to + LogCompressor.Suffix, overwrite: true);
            File.Delete(to);
        }
    }

    private bool TryReopen()
    {
        try
        {
            Open();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private byte[] Notice(string text)
    {
        Span<byte> stamp = stackalloc byte[LogFormat.LongestStamp];
        var line = Encoding.UTF8.GetBytes($"orch: {text}\n");
        var bytes = new byte[format.LongestFor(line.Length)];
        var length = 0;
        format.TryWrite(2, line, stamp[..format.Stamp(time.GetUtcNow(), stamp)], bytes, ref length);
        return bytes[..length];
    }
}
