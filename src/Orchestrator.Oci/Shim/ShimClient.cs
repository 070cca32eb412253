using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Oci.Shim;

/// <summary>Talks to the shim of one container through its <c>ctl.sock</c>. Every call is a connection of its own, so
/// calls never wait for one another and a client needs no closing. Safe for concurrent use.</summary>
/// <exception cref="SocketException">
/// From any call: the shim is gone. Read <see cref="ShimDirectory"/> then.
/// </exception>
/// <exception cref="ShimException">From any call: the shim refused.</exception>
public sealed class ShimClient
{
    private readonly string socketPath;

    private ShimClient(string socketPath) => this.socketPath = socketPath;

    /// <summary>A client of a shim that answers.</summary>
    public static async Task<ShimClient> ConnectAsync(string socketPath, CancellationToken cancellationToken)
    {
        var client = new ShimClient(socketPath);
        await client.StateAsync(cancellationToken).ConfigureAwait(false);
        return client;
    }

    public Task<ContainerState> StateAsync(CancellationToken cancellationToken) =>
        CallAsync(ShimCall.State, new Empty(), Json.Empty, Json.ContainerState, cancellationToken);

    /// <summary>
    /// Lets the created container execute its program; returns once it has, or throws why it could not.
    /// </summary>
    public Task<ContainerState> StartAsync(CancellationToken cancellationToken) =>
        CallAsync(ShimCall.Start, new Empty(), Json.Empty, Json.ContainerState, cancellationToken);

    /// <exception cref="ShimException">The container, or the exec, does not run.</exception>
    public Task SignalAsync(int signal, bool all, CancellationToken cancellationToken, string? execId = null) =>
        CallAsync(ShimCall.Signal, new(signal, all, execId), Json.SignalRequest, Json.Empty, cancellationToken);

    /// <summary>Completes when the container has ended and <c>exit</c> is on disk.</summary>
    public Task<ExitStatus> WaitAsync(CancellationToken cancellationToken) => WaitExecAsync(null, cancellationToken);

    public Task<ExecStarted> ExecAsync(ExecSpec spec, CancellationToken cancellationToken) =>
        CallAsync(ShimCall.Exec, spec, Json.ExecSpec, Json.ExecStarted, cancellationToken);

    /// <summary>Completes when the exec has ended. An exec's status is kept until the container is deleted.</summary>
    public Task<ExitStatus> WaitExecAsync(string? execId, CancellationToken cancellationToken) =>
        CallAsync(ShimCall.Wait, new(execId), Json.ProcessName, Json.ExitStatus, cancellationToken);

    public Task ResizeAsync(string? execId, uint rows, uint columns, CancellationToken cancellationToken) =>
        CallAsync(ShimCall.Resize, new(execId, rows, columns), Json.ResizeRequest, Json.Empty, cancellationToken);

    /// <summary>Joins the process's standard streams.</summary>
    /// <returns>Reading: docker's frames (stream, 0, 0, 0, length as u32 big endian, bytes), or raw bytes of a
    /// terminal, ending when the process's output has ended. Writing: standard input;
    /// <see cref="AttachStream.CloseWrite"/> ends
    /// it. The caller disposes of the stream; a reader who does not keep up is cut off.</returns>
    public async Task<AttachStream> AttachAsync(
        string? execId, bool stdin, bool stdout, bool stderr, CancellationToken cancellationToken)
    {
        var socket = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var request = JsonSerializer.SerializeToUtf8Bytes(new(execId, stdin, stdout, stderr), Json.AttachRequest);
            await SendAsync(
                socket, ShimFrame.Encode(ShimCall.Attach, request), cancellationToken).ConfigureAwait(false);
            await ReceiveAsync(socket, Json.Empty, cancellationToken).ConfigureAwait(false);
            return new AttachStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Ends the standard input of the container, or of an exec.</summary>
    public Task CloseStdinAsync(string? execId, CancellationToken cancellationToken) =>
        CallAsync(ShimCall.CloseStdin, new(execId), Json.ProcessName, Json.Empty, cancellationToken);

    public Task PauseAsync(CancellationToken cancellationToken) => CallAsync(ShimCall.Pause, cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken) => CallAsync(ShimCall.Resume, cancellationToken);

    /// <summary>Changes limits of the running container; what is null stays.</summary>
    public Task UpdateAsync(ResourcesSpec resources, CancellationToken cancellationToken) =>
        CallAsync(ShimCall.Update, resources, Json.ResourcesSpec, Json.Empty, cancellationToken);

    public Task<ContainerStats> StatsAsync(CancellationToken cancellationToken) =>
        CallAsync(ShimCall.Stats, new Empty(), Json.Empty, Json.ContainerStats, cancellationToken);

    /// <summary>Kills what still runs, removes cgroup and state directory, and ends the shim.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) => CallAsync(ShimCall.Delete, cancellationToken);

    private static ShimJson Json => ShimJson.Default;

    private Task<Empty> CallAsync(ShimCall call, CancellationToken cancellationToken) =>
        CallAsync(call, new Empty(), Json.Empty, Json.Empty, cancellationToken);

    private async Task<TOut> CallAsync<TIn, TOut>(
        ShimCall call, TIn request, JsonTypeInfo<TIn> input, JsonTypeInfo<TOut> output,
        CancellationToken cancellationToken)
    {
        using var socket = await OpenAsync(cancellationToken).ConfigureAwait(false);
        var body = JsonSerializer.SerializeToUtf8Bytes(request, input);
        await SendAsync(socket, ShimFrame.Encode(call, body), cancellationToken).ConfigureAwait(false);
        return await ReceiveAsync(socket, output, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Socket> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(
                new UnixDomainSocketEndPoint(socketPath), cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
    }

    private static async Task<T> ReceiveAsync<T>(
        Socket socket, JsonTypeInfo<T> output, CancellationToken cancellationToken)
    {
        var header = await ReadExactlyAsync(socket, ShimFrame.HeaderSize, cancellationToken).ConfigureAwait(false);
        ShimFrame.TryReadHeader(header, out var call, out var length);
        var body = await ReadExactlyAsync(socket, length, cancellationToken).ConfigureAwait(false);
        if (call == ShimCall.Ok)
            return JsonSerializer.Deserialize(body, output) ?? throw new InvalidDataException("the shim answered null");
        var error = JsonSerializer.Deserialize(body, Json.ShimError);
        throw new ShimException(error?.Message ?? "the shim gave no reason", error?.ExitCode ?? 1);
    }

    private static async Task<byte[]> ReadExactlyAsync(Socket socket, int count, CancellationToken cancellationToken)
    {
        var buffer = new byte[count];
        for (var filled = 0; filled < count;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, cancellationToken)
                .ConfigureAwait(false);
            if (read == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            filled += read;
        }

        return buffer;
    }
}
