using System.IO.Compression;
using System.Runtime.CompilerServices;
using Orchestrator.Linux.Files;

namespace Orchestrator.Engine.Logs;

/// <summary>Reads a container's log while its shim writes and rotates it.</summary>
/// <param name="path">The current file; older ones are <c>path.1</c>, <c>path.2.gz</c> and so on.</param>
internal sealed class LogReader(string path, LogCodec codec, TimeProvider time)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <param name="hasEnded">
    /// Asked when following, before each look for more: after a true answer one last look is taken.
    /// </param>
    public async IAsyncEnumerable<LogEntry> ReadAsync(
        LogQuery query, Func<bool> hasEnded, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (older, current) = OpenAll();
        try
        {
            var skip = query.Tail is { } tail
                ? LogTail.Seek([.. older, .. current is null ? [] : new[] { current }], tail, codec) : 0;
            foreach (var file in older.Skip(skip))
            {
                await foreach (var entry in new LogLines(file, codec).ReadAsync(cancellationToken))
                {
                    if (Wanted(entry, query))
                        yield return entry;
                }
            }

            await foreach (var entry in ReadCurrentAsync(current, query, hasEnded, cancellationToken))
                yield return entry;
        }
        finally
        {
            foreach (var file in older)
                file.Dispose();
        }
    }

    private async IAsyncEnumerable<LogEntry> ReadCurrentAsync(
        FileStream? file, LogQuery query, Func<bool> hasEnded,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            var lines = file is null ? null : new LogLines(file, codec);
            var pause = ShortestPause;
            while (true)
            {
                var last = !query.Follow || hasEnded();
                var rotated = lines is null || IsRotated(file!);
                var any = false;
                await foreach (var entry in lines?.ReadAsync(cancellationToken) ?? Nothing())
                {
                    any = true;
                    if (query.Until is { } until && entry.Time > until)
                        yield break;
                    if (Wanted(entry, query))
                        yield return entry;
                }

                if (last && !rotated)
                    yield break;
                if (rotated && TryOpen(path) is { } next)
                {
                    file?.Dispose();
                    (file, lines) = (next, new LogLines(next, codec));
                    continue;
                }

                if (last)
                    yield break;
                pause = any ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
                await Task.Delay(pause, time, cancellationToken);
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static bool Wanted(LogEntry entry, LogQuery query) =>
        (entry.Stream == LogStream.Stderr ? query.Stderr : query.Stdout)
        && (query.Since is null || entry.Time >= query.Since)
        && (query.Until is null || entry.Time <= query.Until);

    /// <summary>The current file is opened first: one that is rotated away meanwhile is then not read twice.</summary>
    private (List<FileStream> Older, FileStream? Current) OpenAll()
    {
        var current = TryOpen(path);
        var older = new List<FileStream>();
        for (var number = 1; (TryOpen($"{path}.{number}") ?? TryInflate($"{path}.{number}.gz")) is { } file; number++)
            older.Insert(0, file);
        return (older, current);
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>A compressed file as one that can be read from either end; it has no name, and goes when it is
    /// closed.</summary>
    private static FileStream? TryInflate(string path)
    {
        using var packed = TryOpen(path);
        if (packed is null)
            return null;
        var plain = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 64 << 10,
            FileOptions.DeleteOnClose);
        using (var inflating = new GZipStream(packed, CompressionMode.Decompress))
            inflating.CopyTo(plain);
        plain.Position = 0;
        return plain;
    }

    /// <summary>Whether another file has taken the place of the open one.</summary>
    private bool IsRotated(FileStream open)
    {
        using var descriptors = DirectoryHandle.Open("/proc/self/fd");
        var target = descriptors.ReadLink($"{open.SafeFileHandle.DangerousGetHandle()}");
        // Its folder goes when the container is removed: the log that was there is read to its end.
        return target != path && File.Exists(path);
    }

    private static async IAsyncEnumerable<LogEntry> Nothing()
    {
        await Task.CompletedTask;
        yield break;
    }
}
