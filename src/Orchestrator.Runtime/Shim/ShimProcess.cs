using System.Buffers.Binary;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Shim.Logs;

namespace Orchestrator.Runtime.Shim;

/// <summary>A process the shim is parent of: the container's first, or an exec. Its streams, its end, who waits for it.
/// </summary>
internal sealed class ShimProcess : IDisposable
{
    /// <summary>Grandchildren may hold the pipes of a dead process open; this long they are listened to.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    /// <summary>A client that is waited for holds up the process when it is this far behind.</summary>
    private const int HighWater = 1 << 20;

    private readonly EventLoop loop;
    private readonly ContainerLog? log;
    private readonly bool isTerminal;
    private readonly bool stdinOnce;
    private readonly List<OutputPipe> outputs = [];
    private readonly List<(Connection Client, AttachRequest Wants)> clients = [];
    private readonly EventLoop.Watch deathWatch;
    private readonly PidFd pidFd;
    private bool reading;

    /// <param name="log">Gets all output; null: only clients do.</param>
    /// <param name="stdinOnce">A client that goes away takes the standard input with it.</param>
    /// <param name="readAtOnce">False: what it writes waits for the first client.</param>
    public ShimProcess(
        EventLoop loop, int pid, ProcessStreams streams, ContainerLog? log, bool stdinOnce, bool readAtOnce,
        Action died)
    {
        (this.loop, this.log, Pid, isTerminal, this.stdinOnce) = (loop, log, pid, streams.IsTerminal, stdinOnce);
        pidFd = PidFd.Open(pid);
        deathWatch = loop.Add(pidFd.Fd, PollEvents.In, _ => died());
        if (streams.Stdin is { } stdin)
            Stdin = new StdinPipe(loop, stdin, isTerminal);
        foreach (var (stream, file) in streams.Outputs)
            outputs.Add(new OutputPipe(loop, file, bytes => Received(stream, bytes), OutputEnded));
        Master = streams.Master;
        if (log is not null)
            log.Drained = Regulate;
        if (readAtOnce)
            StartReading();
    }

    public int Pid { get; }

    public StdinPipe? Stdin { get; }

    /// <summary>The terminal's master; null for pipes.</summary>
    public FileDescriptor? Master { get; }

    public ExitStatus? Exit { get; private set; }

    /// <summary>Its output has been read, or given up.</summary>
    public bool IsRead => outputs.TrueForAll(o => o.Closed);

    /// <summary>Called once, when the process has ended and its output has been read.</summary>
    public Action? Finished { get; set; }

    public void Signal(int signal) => pidFd.Signal(signal);

    /// <param name="waitForIt">The process is the client's own, and is held up by it as by a pipe of a shell. Other
    /// clients are guests, and cut off when they do not keep up.</param>
    public void Attach(Connection client, AttachRequest wants, bool waitForIt)
    {
        clients.Add((client, wants));
        client.IsWaitedFor = waitForIt;
        client.Taken = Regulate;
        client.Gone += () => Left(client, wants);
        if (wants.Stdin && Stdin is { } stdin)
        {
            client.Received = bytes => stdin.Write(client, bytes.Span);
            client.Ended = stdinOnce ? stdin.Close : null; // Else the next client may still have something to say.
        }
        else
        {
            client.Received = _ => { };
        }

        StartReading();
        if (IsRead)
            OutputEnded();
    }

    /// <summary>The process has been reaped; what it wrote last may still be unread.</summary>
    public void Ended(ExitStatus status)
    {
        deathWatch.Dispose();
        pidFd.Dispose();
        Stdin?.Dispose();
        Exit = status;
        if (!reading || IsRead)
            Finish();
        else
            loop.After(DrainTime, StopReading);
    }

    /// <summary>What is in the pipes is read; what grandchildren write after that is given up.</summary>
    public void StopReading() => outputs.ForEach(o => o.ReadRest());

    /// <summary>Gives up what has not been read.</summary>
    public void Abandon() => outputs.ForEach(o => o.Dispose());

    public void Dispose()
    {
        deathWatch.Dispose();
        pidFd.Dispose();
        Stdin?.Dispose();
        Abandon();
        Master?.Dispose();
    }

    private void StartReading()
    {
        reading = true;
        Regulate();
    }

    /// <summary>Reads while everybody who must not miss anything keeps up.</summary>
    private void Regulate()
    {
        if (!reading)
            return;
        var wanted = log is not { MustWait: true }
            && !clients.Exists(c => c.Client.IsWaitedFor && c.Client.Queued > HighWater);
        foreach (var output in outputs)
            output.SetReading(wanted);
    }

    private void Left(Connection client, AttachRequest wants)
    {
        clients.RemoveAll(c => c.Client == client);
        if (wants.Stdin && stdinOnce)
            Stdin?.Close();
        Regulate();
    }

    private void Received(int stream, ReadOnlySpan<byte> bytes)
    {
        log?.Write(stream, bytes);
        if (clients.Count > 0)
            Send(stream, bytes);
        Regulate();
    }

    private void Send(int stream, ReadOnlySpan<byte> bytes)
    {
        ReadOnlyMemory<byte> framed = isTerminal ? bytes.ToArray() : Frame(stream, bytes);
        foreach (var (client, wants) in clients.ToArray())
        {
            if (stream == 2 ? wants.Stderr : wants.Stdout)
                client.Send(framed);
        }
    }

    /// <summary>Docker's frame: stream, three zeros, length big endian, bytes.</summary>
    private static byte[] Frame(int stream, ReadOnlySpan<byte> bytes)
    {
        var frame = new byte[8 + bytes.Length];
        frame[0] = (byte)stream;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), bytes.Length);
        bytes.CopyTo(frame.AsSpan(8));
        return frame;
    }

    private void OutputEnded()
    {
        if (IsRead && Exit is not null)
            Finish();
    }

    private void Finish()
    {
        Master?.Dispose();
        var finished = Finished;
        Finished = null;
        finished?.Invoke();
        if (!reading)
            return;
        foreach (var (client, _) in clients.ToArray())
            client.CloseWhenSent();
    }
}
