using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Orchestrator.EngineApi.Hijacking;

/// <summary>The connection as HTTP sees it: the real one until it is hijacked, then a dead end.</summary>
internal sealed class HijackingConnection : ConnectionContext, IHijackFeature
{
    private readonly ConnectionContext inner;
    private readonly CancellationTokenSource closed = new();
    private readonly GuardedReader input;
    private readonly GuardedWriter output;
    private volatile bool taken;

    public HijackingConnection(ConnectionContext inner)
    {
        this.inner = inner;
        input = new GuardedReader(inner.Transport.Input);
        output = new GuardedWriter(inner.Transport.Output);
        Transport = new Duplex(input, output);
        Features = new FeatureCollection(inner.Features);
        Features.Set<IHijackFeature>(this);
        ConnectionClosed = closed.Token;
    }

    public override string ConnectionId
    {
        get => inner.ConnectionId;
        set => inner.ConnectionId = value;
    }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => inner.Items;
        set => inner.Items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override System.Net.EndPoint? LocalEndPoint
    {
        get => inner.LocalEndPoint;
        set => inner.LocalEndPoint = value;
    }

    public override System.Net.EndPoint? RemoteEndPoint
    {
        get => inner.RemoteEndPoint;
        set => inner.RemoteEndPoint = value;
    }

    /// <summary>Of a hijacked connection it never comes: half of it being closed is its holder's business.</summary>
    public override CancellationToken ConnectionClosed { get; set; }

    public IDuplexPipe Take()
    {
        taken = true;
        input.Close();
        output.Close();
        return inner.Transport;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (!taken)
            inner.Abort(abortReason);
        closed.Cancel();
    }

    public async Task RunAsync(ConnectionDelegate http)
    {
        await using (inner.ConnectionClosed.Register(() => OnClosed()))
            await http(this);
        closed.Dispose();
    }

    private void OnClosed()
    {
        if (!taken)
            closed.Cancel();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

public static class HijackingListener
{
    /// <summary>Go's, and so dockerd's.</summary>
    private const int KeepAliveSeconds = 15;

    /// <summary>Makes <see cref="IHijackFeature"/> available to requests that come in here.</summary>
    public static ListenOptions UseHijacking(this ListenOptions options)
    {
        options.Use(next => connection =>
        {
            KeepAlive(connection.Features.Get<IConnectionSocketFeature>()?.Socket);
            return new HijackingConnection(connection).RunAsync(next);
        });
        return options;
    }

    /// <summary>A host that went without a word is found out, and what waits for it let go.</summary>
    private static void KeepAlive(Socket? socket)
    {
        if (socket is not { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 })
            return;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
    }
}
