using System.Buffers;
using System.Globalization;
using System.Text;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim;

/// <summary>Docker's json-file: a line of JSON per line of output, rotated by size.</summary>
internal sealed class JsonLog : IDisposable
{
    private readonly string path;
    private readonly long maxBytes;
    private readonly int maxFiles;
    private readonly TimeProvider time;
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly LogLines output = new();
    private readonly LogLines errors = new();
    private FileDescriptor file;
    private long size;

    /// <param name="maxBytes">0: never rotated.</param>
    /// <param name="maxFiles">The current one counts.</param>
    public JsonLog(string path, long maxBytes, int maxFiles, TimeProvider time)
    {
        (this.path, this.maxBytes, this.maxFiles, this.time) = (path, maxBytes, Math.Max(1, maxFiles), time);
        file = Open();
        size = new FileInfo(path).Length;
    }

    /// <param name="stream">1: standard output; 2: standard error.</param>
    public void Write(int stream, ReadOnlySpan<byte> bytes)
    {
        var lines = stream == 2 ? errors : output;
        lines.Add(bytes, line => Append(stream, line));
        Flush();
    }

    /// <summary>Writes what was not ended by a newline, and puts all on disk.</summary>
    public void Finish()
    {
        output.End(line => Append(1, line));
        errors.End(line => Append(2, line));
        Flush();
        DurableFile.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    public void Dispose() => file.Dispose();

    private void Append(int stream, ReadOnlySpan<byte> line)
    {
        buffer.Write("{\"log\":\""u8);
        JsonText.Escape(buffer, line);
        buffer.Write(stream == 2 ? "\",\"stream\":\"stderr\",\"time\":\""u8 : "\",\"stream\":\"stdout\",\"time\":\""u8);
        buffer.Write(Encoding.ASCII.GetBytes(Timestamp(time.GetUtcNow())));
        buffer.Write("\"}\n"u8);
        if (maxBytes > 0 && size + buffer.WrittenCount > maxBytes)
            Rotate();
    }

    /// <summary>RFC 3339 with nanoseconds, of which .NET's clock knows hundreds.</summary>
    internal static string Timestamp(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff00Z", CultureInfo.InvariantCulture);

    private void Rotate()
    {
        Flush();
        file.Dispose();
        if (maxFiles == 1)
            File.Delete(path);
        for (var i = maxFiles - 1; i >= 1; i--)
        {
            var from = i == 1 ? path : $"{path}.{i - 1}";
            if (File.Exists(from))
                File.Move(from, $"{path}.{i}", overwrite: true);
        }

        file = Open();
        size = 0;
    }

    private void Flush()
    {
        try
        {
            file.WriteAll(buffer.WrittenSpan);
            size += buffer.WrittenCount;
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOSPC or Errno.EDQUOT or Errno.EIO)
        {
            // A full disk costs lines, never the container.
        }

        buffer.ResetWrittenCount();
    }

    private FileDescriptor Open() =>
        FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, 0x1a0);
}
