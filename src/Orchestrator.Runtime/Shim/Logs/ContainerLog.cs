using System.Text;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>A container's log: lines in, on the event loop; files out, on a thread that alone waits for the disk.
/// </summary>
/// <remarks>
/// The thread is started by the first line. What waits for it is bounded: by then a blocking log asks its caller to
/// stop reading the container's pipes (<see cref="MustWait"/>), and another drops lines, counts them, and says so in
/// their place. A disk that hangs therefore holds up the container's output and nothing else.
/// </remarks>
internal sealed class ContainerLog : IDisposable
{
    private readonly LogOptions options;
    private readonly TimeProvider time;
    private readonly Action<Action> post;
    private readonly LogQueue queue = new();
    private readonly LogFormat format;
    private readonly LogSink sink;
    private readonly LogLines output = new();
    private readonly LogLines errors = new();
    private readonly LogLines.LineHandler addOutput, addErrors;
    private readonly byte[] now = new byte[LogFormat.LongestStamp];
    private readonly ManualResetEventSlim ended = new();
    private int nowLength;
    private LogPage? page;
    private Thread? writer;
    private long dropped;
    private volatile bool isAwaited;
    private Action? afterEnd;

    /// <param name="post">Runs an action on the event loop; called from the writing thread.</param>
    /// <exception cref="IOException">The file cannot be written, or the server not be reached.</exception>
    public ContainerLog(LogOptions options, TimeProvider time, Action<Action> post)
    {
        (this.options, this.time, this.post) = (options, time, post);
        (addOutput, addErrors) = (line => Append(1, line), line => Append(2, line));
        (format, sink) = LogTarget.Of(options, time);
        sink.Open();
    }

    /// <summary>As much waits for the disk as may. Once true, <see cref="Drained"/> will be called.</summary>
    public bool MustWait
    {
        get
        {
            if (!options.Blocks || queue.Bytes < options.BufferBytes)
                return false;
            isAwaited = true;
            Interlocked.MemoryBarrier(); // The thread may have written all since the first look, and seen nobody wait.
            return queue.Bytes >= options.BufferBytes;
        }
    }

    /// <summary>All that was handed over has been written, or is lost.</summary>
    public bool IsIdle => queue.Bytes == 0;

    /// <summary>Called on the event loop when there is room again.</summary>
    public Action? Drained { get; set; }

    /// <param name="stream">1: standard output; 2: standard error.</param>
    public void Write(int stream, ReadOnlySpan<byte> bytes)
    {
        nowLength = format.Stamp(time.GetUtcNow(), now);
        if (stream == 2)
            errors.Add(bytes, addErrors);
        else
            output.Add(bytes, addOutput);
        Publish();
    }

    /// <summary>Writes what was not ended by a newline. After that nothing may be written.</summary>
    /// <param name="then">Called on the event loop when all is in the file; on disk it may be later.</param>
    public void Finish(Action then)
    {
        nowLength = format.Stamp(time.GetUtcNow(), now);
        output.End(addOutput);
        errors.End(addErrors);
        if (dropped > 0)
            TellDrops();
        Publish();
        afterEnd = then;
        queue.Close();
        if (writer is null)
            Written();
    }

    /// <summary>Waits until all is in the file.</summary>
    /// <returns>False: not within this time.</returns>
    public bool Await(TimeSpan limit) => ended.Wait(limit);

    /// <summary>Lets go of memory that the next burst would use.</summary>
    public void Trim() => queue.Trim();

    public void Dispose()
    {
        queue.Close();
        if (writer is null)
            sink.Dispose();
        ended.Dispose();
    }

    private void Append(int stream, ReadOnlySpan<byte> line)
    {
        if (!options.Blocks && !HasRoom(line.Length))
        {
            dropped++;
            return;
        }

        if (dropped > 0)
            TellDrops();
        Put(stream, line);
    }

    /// <summary>A line that alone is larger than the buffer is taken when nothing else waits.</summary>
    private bool HasRoom(int length)
    {
        var waiting = queue.Bytes + (page?.Length ?? 0);
        return waiting == 0 || waiting + length <= options.BufferBytes;
    }

    private void TellDrops()
    {
        var text = $"orch: {dropped} lines were dropped here: the log's buffer of {options.BufferBytes} bytes was full\n";
        dropped = 0;
        Put(2, Encoding.UTF8.GetBytes(text));
    }

    private void Put(int stream, ReadOnlySpan<byte> line)
    {
        var at = now.AsSpan(0, nowLength);
        page ??= queue.Borrow();
        if (page.TryAdd(format, stream, line, at))
            return;
        Publish();
        page = queue.Fresh();
        if (page.TryAdd(format, stream, line, at))
            return;
        page = new LogPage(format.LongestFor(line.Length));
        page.TryAdd(format, stream, line, at);
    }

    private void Publish()
    {
        if (page is not { Length: > 0 } filled)
            return;
        page = null;
        queue.Add(filled);
        if (writer is not null)
            return;
        writer = new Thread(WriteAll, maxStackSize: 256 << 10) { IsBackground = true, Name = "log" };
        writer.Start();
    }

    private void WriteAll()
    {
        while (queue.Take() is { } next)
        {
            sink.Write(next.Content);
            queue.Return(next);
            if (isAwaited && queue.Bytes <= options.BufferBytes / 2)
            {
                isAwaited = false;
                post(() => Drained?.Invoke());
            }
        }

        Written();
    }

    private void Written()
    {
        sink.Finish();
        ended.Set();
        if (afterEnd is { } then)
            post(then);
        if (writer is not null)
            sink.Sync();
        sink.Dispose();
    }
}
