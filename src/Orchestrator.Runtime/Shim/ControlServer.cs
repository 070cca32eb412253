using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Runtime.Shim;

/// <summary>The shim's side of <c>ctl.sock</c>: one request a connection, but for attach, which turns it into streams.
/// </summary>
internal sealed class ControlServer : IDisposable
{
    private readonly EventLoop loop;
    private readonly ContainerShim shim;
    private readonly FileDescriptor listener;
    private readonly EventLoop.Watch watch;
    private readonly List<(string? ExecId, Connection Client)> waiters = [];
    private readonly HashSet<Connection> connections = [];
    private bool isLeaving;

    public ControlServer(EventLoop loop, ContainerShim shim, string socketPath)
    {
        (this.loop, this.shim) = (loop, shim);
        listener = UnixSocket.Listen(socketPath);
        watch = loop.Add(listener, PollEvents.In, _ => Accept());
        shim.Finished = Finished;
    }

    public void Dispose()
    {
        watch.Dispose();
        listener.Dispose();
    }

    /// <summary>Only root and our own user; the directory's mode says the same, this says it again.</summary>
    private void Accept()
    {
        while (UnixSocket.Accept(listener) is { } socket)
        {
            var (_, uid, _) = UnixSocket.PeerCredentials(socket);
            if (uid != 0)
            {
                socket.Dispose();
                continue;
            }

            var client = new Connection(loop, socket);
            connections.Add(client);
            client.Gone = () => Gone(client);
            var pending = new List<byte>();
            client.Received = bytes => Read(client, pending, bytes.Span);
            client.Ended = client.Dispose;
        }
    }

    private void Read(Connection client, List<byte> pending, ReadOnlySpan<byte> bytes)
    {
        pending.AddRange(bytes);
        try
        {
            var all = pending.ToArray();
            if (!ShimFrame.TryReadHeader(all, out var call, out var length)
                || all.Length < ShimFrame.HeaderSize + length)
                return;
            client.Received = _ => { };
            client.Ended = null;
            pending.Clear();
            Answer(client, call, all.AsMemory(ShimFrame.HeaderSize, length));
            var early = all.AsMemory(ShimFrame.HeaderSize + length);
            if (!early.IsEmpty)
                client.Received(early); // Sent right behind an attach: it is standard input already.
        }
        catch (InvalidDataException e)
        {
            Refuse(client, e.Message, 1);
        }
    }

    private void Answer(Connection client, ShimCall call, ReadOnlyMemory<byte> body)
    {
        try
        {
            Dispatch(client, call, body.Span);
        }
        catch (RuntimeException e)
        {
            Refuse(client, e.Message, e.ExitCode);
        }
        catch (Exception e) when (e is IOException or JsonException or ArgumentException or UnauthorizedAccessException)
        {
            Refuse(client, e.Message, 1);
        }
    }

    private void Dispatch(Connection client, ShimCall call, ReadOnlySpan<byte> body)
    {
        var json = ShimJson.Default;
        switch (call)
        {
            case ShimCall.State:
                Reply(client, shim.State, json.ContainerState);
                break;
            case ShimCall.Start:
                Reply(client, shim.Start(), json.ContainerState);
                break;
            case ShimCall.Signal:
                Do(client, body, json.SignalRequest, shim.Signal);
                break;
            case ShimCall.Wait:
                Wait(client, Parse(body, json.ProcessName).ExecId);
                break;
            case ShimCall.Exec:
                Reply(client, shim.Exec(Parse(body, json.ExecSpec)), json.ExecStarted);
                break;
            case ShimCall.Resize:
                Do(client, body, json.ResizeRequest, Resize);
                break;
            case ShimCall.Attach:
                Attach(client, Parse(body, json.AttachRequest));
                break;
            case ShimCall.CloseStdin:
                Do(client, body, json.ProcessName, name => shim.Find(name.ExecId).Stdin?.Close());
                break;
            case ShimCall.Pause:
                Do(client, body, json.Empty, _ => shim.Pause());
                break;
            case ShimCall.Resume:
                Do(client, body, json.Empty, _ => shim.Resume());
                break;
            case ShimCall.Update:
                Do(client, body, json.ResourcesSpec, shim.Update);
                break;
            case ShimCall.Stats:
                Reply(client, shim.Stats(), json.ContainerStats);
                break;
            case ShimCall.Delete:
                Do(client, body, json.Empty, _ => shim.Delete());
                Leave();
                break;
            default:
                throw new RuntimeException($"the shim knows no call {(int)call}");
        }
    }

    private void Wait(Connection client, string? execId)
    {
        var process = shim.Find(execId);
        if (process.Exit is { } exit && process.Finished is null && (execId is not null || shim.State.Exit is not null))
        {
            Tell(client, execId, exit);
            return;
        }

        waiters.Add((execId, client));
        client.Gone += () => waiters.RemoveAll(w => w.Client == client);
    }

    private void Tell(Connection client, string? execId, ExitStatus exit)
    {
        Reply(client, exit, ShimJson.Default.ExitStatus);
        if (execId is not null)
            shim.Execs.Told(execId);
    }

    /// <summary>The container is gone; clients still get what is on its way to them, however slow they are.</summary>
    private void Leave()
    {
        isLeaving = true;
        Dispose();
        foreach (var client in connections.ToArray())
            client.CloseWhenSent();
        if (connections.Count == 0)
            loop.Stop();
    }

    private void Gone(Connection client)
    {
        connections.Remove(client);
        if (isLeaving && connections.Count == 0)
            loop.Stop();
    }

    private void Finished(string? execId, ExitStatus exit)
    {
        foreach (var (_, client) in waiters.Where(w => w.ExecId == execId).ToArray())
            Tell(client, execId, exit);
    }

    private void Attach(Connection client, AttachRequest request)
    {
        var process = shim.Find(request.ExecId);
        client.Send(ShimFrame.Encode(ShimCall.Ok, "{}"u8));
        // Who starts an exec, or was there before the program was, is who the program runs for.
        process.Attach(client, request, request.ExecId is not null || shim.State.Status == ContainerStatus.Created);
    }

    private void Resize(ResizeRequest request)
    {
        var master = shim.Find(request.ExecId).Master
            ?? throw new RuntimeException("cannot resize: the process has no terminal");
        if (master.IsClosed)
            throw new RuntimeException("cannot resize: the process has ended", ShimException.WrongState);
        TerminalCalls.Resize(master.Fd, (ushort)request.Rows, (ushort)request.Columns);
    }

    private static void Do<T>(Connection client, ReadOnlySpan<byte> body, JsonTypeInfo<T> type, Action<T> action)
    {
        action(Parse(body, type));
        Reply(client, new Empty(), ShimJson.Default.Empty);
    }

    private static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(body, type) ?? throw new RuntimeException("the request's body is null");

    private static void Reply<T>(Connection client, T answer, JsonTypeInfo<T> type)
    {
        client.Send(ShimFrame.Encode(ShimCall.Ok, JsonSerializer.SerializeToUtf8Bytes(answer, type)));
        client.CloseWhenSent();
    }

    private static void Refuse(Connection client, string message, int exitCode)
    {
        var error = new ShimError(message.ReplaceLineEndings(" "), exitCode);
        client.Send(
            ShimFrame.Encode(ShimCall.Error, JsonSerializer.SerializeToUtf8Bytes(error, ShimJson.Default.ShimError)));
        client.CloseWhenSent();
    }
}
