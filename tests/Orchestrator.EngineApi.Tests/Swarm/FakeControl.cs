using Grpc.Core;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Protocol.V1;
using Node = Orchestrator.Protocol.V1.Node;
using Service = Orchestrator.Protocol.V1.Service;

namespace Orchestrator.EngineApi.Tests.Swarm;

/// <summary>A control service of a few lists, to see what the routes ask of the real one.</summary>
internal sealed class FakeControl : CallInvoker
{
    public List<Node> Nodes { get; } = [];

    public List<Service> Services { get; } = [];

    public List<object> Requests { get; } = [];

    public List<LogMessage> Logs { get; } = [];

    public UserException? Refusal { get; set; }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Requests.Add(request);
        var answer = Refusal is { } refusal
            ? System.Threading.Tasks.Task.FromException<TResponse>(refusal.ToRpc())
            : System.Threading.Tasks.Task.FromResult((TResponse)Answer(request));
        return new AsyncUnaryCall<TResponse>(
            answer, System.Threading.Tasks.Task.FromResult(new Metadata()), static () => Status.DefaultSuccess, static () => [], static () => { });
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Requests.Add(request);
        var reader = (IAsyncStreamReader<TResponse>)(object)new OneBatch(new LogMessages { Messages = { Logs } });
        return new AsyncServerStreamingCall<TResponse>(
            reader, System.Threading.Tasks.Task.FromResult(new Metadata()), static () => Status.DefaultSuccess, static () => [], static () => { });
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    private object Answer(object request) => request switch
    {
        GetClusterRequest => new GetClusterResponse { Cluster = SampleObjects.Cluster.ToProto() },
        UpdateClusterRequest => new UpdateClusterResponse { Cluster = SampleObjects.Cluster.ToProto() },
        ListNodesRequest => new ListNodesResponse { Nodes = { Nodes } },
        GetNodeRequest get => new GetNodeResponse { Node = Nodes.First(n => n.Id == get.Reference || n.Description.Hostname == get.Reference) },
        UpdateNodeRequest => new UpdateNodeResponse(),
        RemoveNodeRequest => new RemoveNodeResponse(),
        ListServicesRequest => new ListServicesResponse
        {
            Services = { Services },
            Counts = { Services.ToDictionary(static s => s.Id, static _ => new ServiceCounts { Running = 2, Desired = 3 }) },
        },
        GetServiceRequest get => new GetServiceResponse { Service = Find(get.Reference) },
        CreateServiceRequest create => new CreateServiceResponse { Service = Add(create) },
        UpdateServiceRequest => new UpdateServiceResponse(),
        RemoveServiceRequest => new RemoveServiceResponse(),
        ListTasksRequest => new ListTasksResponse { Tasks = { SampleObjects.Task.ToProto() } },
        GetTaskRequest => new GetTaskResponse { Task = SampleObjects.Task.ToProto() },
        CreatePayloadRequest => new CreatePayloadResponse { Id = "p1" },
        GetPayloadRequest get => new GetPayloadResponse
        {
            Payload = new() { Id = "p1", Kind = get.Kind, Annotations = new() { Name = get.Reference, Labels = { { "tier", "back" } } } },
        },
        RemovePayloadRequest => new RemovePayloadResponse(),
        ListNetworksRequest => new ListNetworksResponse { Networks = { SampleObjects.Network.ToProto() } },
        _ => throw new NotSupportedException(request.GetType().Name),
    };

    private Service Find(string reference) =>
        Services.Find(s => s.Id == reference || s.Spec.Annotations.Name == reference)
        ?? throw UserException.NotFound("service", reference).ToRpc();

    private Service Add(CreateServiceRequest request)
    {
        var service = new Service { Id = "s1aaaaaaaaaaaaaaaaaaaaaaa", Spec = request.Spec, Meta = new Protocol.V1.Meta { Version = 5 } };
        Services.Add(service);
        return service;
    }

    private sealed class OneBatch(LogMessages batch) : IAsyncStreamReader<LogMessages>
    {
        private bool _read;

        public LogMessages Current => batch;

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            var first = !_read;
            _read = true;
            return System.Threading.Tasks.Task.FromResult(first);
        }
    }
}
