using Grpc.Core;
using Orchestrator.Grpc.Tests.Protos;

namespace Orchestrator.Grpc.Tests;

/// <summary>Echoes; its hooks let a test put its own handler behind a method.</summary>
public sealed class EchoService : Echo.EchoBase
{
    public Func<EchoRequest, ServerCallContext, Task<EchoReply>> OnUnary { get; set; } =
        (request, _) => Task.FromResult(new EchoReply { Text = request.Text, Payload = request.Payload });

    public Func<EchoRequest, IServerStreamWriter<EchoReply>, ServerCallContext, Task> OnServerStream { get; set; } =
        async (request, replies, _) =>
        {
            for (var i = 0; i < request.Count; i++)
                await replies.WriteAsync(new EchoReply { Text = request.Text, Payload = request.Payload, Index = i });
        };

    public Func<IAsyncStreamReader<EchoRequest>, ServerCallContext, Task<EchoReply>> OnClientStream { get; set; } =
        async (requests, _) =>
        {
            var reply = new EchoReply();
            await foreach (var request in requests.ReadAllAsync())
            {
                reply.Text += request.Text;
                reply.Index++;
            }

            return reply;
        };

    public Func<IAsyncStreamReader<EchoRequest>, IServerStreamWriter<EchoReply>, ServerCallContext, Task> OnDuplex
    { get; set; } =
        async (requests, replies, _) =>
        {
            var index = 0;
            await foreach (var request in requests.ReadAllAsync())
                await replies.WriteAsync(new EchoReply { Text = request.Text, Payload = request.Payload, Index = index++ });
        };

    public override Task<EchoReply> Unary(EchoRequest request, ServerCallContext context) => OnUnary(request, context);

    public override Task ServerStream(
        EchoRequest request, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context) =>
        OnServerStream(request, responseStream, context);

    public override Task<EchoReply> ClientStream(
        IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context) =>
        OnClientStream(requestStream, context);

    public override Task Duplex(
        IAsyncStreamReader<EchoRequest> requestStream,
        IServerStreamWriter<EchoReply> responseStream,
        ServerCallContext context) => OnDuplex(requestStream, responseStream, context);
}
