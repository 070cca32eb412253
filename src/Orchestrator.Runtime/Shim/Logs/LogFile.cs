using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>The file and its predecessors <c>.1</c>, <c>.2</c> …, none ever larger than the limit.</summary>
/// <remarks>No call throws for what the disk does: lines that cannot be written are counted, and the log says so once
/// it can again. Used by one thread.</remarks>
internal sealed class LogFile(LogOptions options, TimeProvider time) : IDisposable
{
    private FileDescriptor? file;
    private long size;
    private long lost;

    /// <exception cref="IOException">It cannot be written at all: who makes the container is told.</exception>
    public void Open()
    {
        file = FileDescriptor.Open(
            options.Path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, 0x1a0);
        size = new FileInfo(options.Path).Length;
        if (size > 0 && LastByte() != '\n')
            Put("\n"u8); // Half a line, of a shim that was killed, must not swallow the next one.
    }

    /// <param name="lines">Whole lines, each with its newline.</param>
    public void Write(ReadOnlySpan<byte> lines)
    {
        TellLosses();
        while (!lines.IsEmpty)
        {
            var part = lines[..Fitting(lines)];
            lost += part[Put(part)..].Count((byte)'\n');
            lines = lines[part.Length..];
        }
    }

    /// <summary>Nothing more will be written.</summary>
    public void Finish() => TellLosses();

    /// <summary>Returns when what was written is on disk, or cannot be.</summary>
    public void Sync()
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

    public void Dispose() => file?.Dispose();

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
        var whole = lines[..room].LastIndexOf((byte)'\n') + 1;
        if (whole > 0)
            return whole;
        if (size == 0)
            return lines.IndexOf((byte)'\n') + 1; // One line beyond the limit of a file: it gets one to itself.
        if (!TryRotate())
            return lines.IndexOf((byte)'\n') + 1;
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
            written = bytes[..written].LastIndexOf((byte)'\n') + 1;
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
            if (options.MaxFiles == 1)
                File.Delete(options.Path);
            for (var i = options.MaxFiles - 1; i >= 1; i--)
            {
                var from = i == 1 ? options.Path : $"{options.Path}.{i - 1}";
                if (File.Exists(from))
                    File.Move(from, $"{options.Path}.{i}", overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the current file grows on.
        }

        return TryReopen() && size == 0;
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

    private int LastByte()
    {
        using var handle = File.OpenHandle(options.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> last = stackalloc byte[1];
        return RandomAccess.Read(handle, last, size - 1) == 1 ? last[0] : -1;
    }

    private byte[] Notice(string text)
    {
        Span<byte> now = stackalloc byte[40];
        var line = Encoding.UTF8.GetBytes($"orch: {text}\n");
        var bytes = new byte[JsonLine.LongestFor(line.Length, options.Attributes.Length)];
        var length = 0;
        JsonLine.TryWrite(
            2, line, options.Attributes.Span, now[..JsonLine.Timestamp(time.GetUtcNow(), now)], bytes, ref length);
        return bytes[..length];
    }
}
