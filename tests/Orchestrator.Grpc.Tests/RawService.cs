using System.Globalization;
using System.Text;
using Grpc.Core;

namespace Orchestrator.Grpc.Tests;

/// <summary>A service of bare bytes, steered by metadata, that clients of other languages call without any codegen.</summary>
internal sealed class RawService
{
    public const string Name = "interop.Raw";

    public static readonly Method<byte[], byte[]> UnaryMethod = Make(MethodType.Unary, "Unary");
    public static readonly Method<byte[], byte[]> ServerStreamMethod = Make(MethodType.ServerStreaming, "ServerStream");
    public static readonly Method<byte[], byte[]> ClientStreamMethod = Make(MethodType.ClientStreaming, "ClientStream");
    public static readonly Method<byte[], byte[]> DuplexMethod = Make(MethodType.DuplexStreaming, "Duplex");
    public static readonly Method<byte[], byte[]> HangMethod = Make(MethodType.ServerStreaming, "Hang");
    public static readonly Method<byte[], byte[]> CancelledMethod = Make(MethodType.Unary, "Cancelled");

    private int _cancelled;

    public static ServerServiceDefinition Bind()
    {
        var service = new RawService();
        return ServerServiceDefinition.CreateBuilder()
            .AddMethod(UnaryMethod, service.UnaryAsync)
            .AddMethod(ServerStreamMethod, ServerStreamAsync)
            .AddMethod(ClientStreamMethod, ClientStreamAsync)
            .AddMethod(DuplexMethod, DuplexAsync)
            .AddMethod(HangMethod, service.HangAsync)
            .AddMethod(CancelledMethod, service.CountCancelledAsync)
            .Build();
    }

    private static Method<byte[], byte[]> Make(MethodType type, string name)
    {
        var bytes = Marshallers.Create<byte[]>(message => message, payload => payload);
        return new Method<byte[], byte[]>(type, Name, name, bytes, bytes);
    }

    private async Task<byte[]> UnaryAsync(byte[] request, ServerCallContext context)
    {
        var headers = new Metadata();
        foreach (var entry in context.RequestHeaders.Where(entry => entry.Key.StartsWith("x-echo", StringComparison.Ordinal)))
        {
            headers.Add(entry);
            context.ResponseTrailers.Add(entry);
        }

        var http = context.GetHttpContext().Request.Headers;
        context.ResponseTrailers.Add("x-request-encoding", http["grpc-encoding"].ToString());
        context.ResponseTrailers.Add("x-request-timeout", http["grpc-timeout"].ToString());
        if (context.RequestHeaders.GetValue("x-compress") is { } encoding)
            headers.Add("grpc-internal-encoding-request", encoding);
        if (context.RequestHeaders.GetValue("x-fail") is { } code)
            throw new RpcException(
                new Status((StatusCode)int.Parse(code, CultureInfo.InvariantCulture), "näh: 100%\nline"),
                new Metadata { { "grpc-status-details-bin", (byte[])[8, 5, 255, 0] }, { "x-why", "asked" } });
        await context.WriteResponseHeadersAsync(headers);
        return request;
    }

    private static async Task ServerStreamAsync(
        byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        var count = int.Parse(Encoding.ASCII.GetString(request), CultureInfo.InvariantCulture);
        for (var i = 0; i < count; i++)
            await responses.WriteAsync(Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<byte[]> ClientStreamAsync(IAsyncStreamReader<byte[]> requests, ServerCallContext context)
    {
        var all = new List<byte>();
        await foreach (var request in requests.ReadAllAsync())
            all.AddRange(request);
        return [.. all];
    }

    private static async Task DuplexAsync(
        IAsyncStreamReader<byte[]> requests, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        await foreach (var request in requests.ReadAllAsync())
            await responses.WriteAsync(request);
    }

    private async Task HangAsync(byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        using var registration = context.CancellationToken.Register(() => Interlocked.Increment(ref _cancelled));
        await responses.WriteAsync(request);
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }

    private Task<byte[]> CountCancelledAsync(byte[] request, ServerCallContext context) =>
        Task.FromResult(Encoding.ASCII.GetBytes(Volatile.Read(ref _cancelled).ToString(CultureInfo.InvariantCulture)));
}
