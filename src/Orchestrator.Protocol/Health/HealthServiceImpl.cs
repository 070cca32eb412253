using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Grpc.HealthCheck;

/// <summary>Answers health checks with what it was last told of each service. Thread-safe.</summary>
/// <remarks>Source: the gRPC health checking protocol, v1; name and members are the official package's.</remarks>
public sealed class HealthServiceImpl : Health.V1.Health.HealthBase
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ServingStatus> statuses = new(StringComparer.Ordinal);
    private readonly List<(string Service, Channel<ServingStatus> News)> watchers = [];

    /// <param name="service">Its full name; empty: the server as a whole.</param>
    /// <param name="status">Told to whoever watches that service.</param>
    public void SetStatus(string service, ServingStatus status)
    {
        lock (gate)
        {
            statuses[service] = status;
            Tell(service, status);
        }
    }

    public void ClearStatus(string service)
    {
        lock (gate)
        {
            if (statuses.Remove(service))
                Tell(service, ServingStatus.ServiceUnknown);
        }
    }

    public void ClearAll()
    {
        lock (gate)
        {
            foreach (var service in statuses.Keys.ToList())
                ClearStatus(service);
        }
    }

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        lock (gate)
        {
            return statuses.TryGetValue(request.Service, out var status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(
                    new Status(StatusCode.NotFound, $"no status of service \"{request.Service}\""));
        }
    }

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        // Who reads slowly misses what was in between, never the newest.
        var news = Channel.CreateBounded<ServingStatus>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (gate)
        {
            watchers.Add((request.Service, news));
            news.Writer.TryWrite(statuses.GetValueOrDefault(request.Service, ServingStatus.ServiceUnknown));
        }

        try
        {
            await SendAsync(news.Reader, responseStream, context.CancellationToken);
        }
        finally
        {
            lock (gate)
                watchers.RemoveAll(watcher => watcher.News == news);
        }
    }

    private static async Task SendAsync(
        ChannelReader<ServingStatus> news, IServerStreamWriter<HealthCheckResponse> stream,
        CancellationToken cancellationToken)
    {
        ServingStatus? told = null;
        await foreach (var status in news.ReadAllAsync(cancellationToken))
        {
            if (status == told)
                continue;
            await stream.WriteAsync(new HealthCheckResponse { Status = status }, cancellationToken);
            told = status;
        }
    }

    private void Tell(string service, ServingStatus status)
    {
        foreach (var watcher in watchers.Where(watcher => watcher.Service == service))
            watcher.News.Writer.TryWrite(status);
    }
}
