using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.EngineApi.Http;
using Orchestrator.EngineApi.Swarm;

namespace Orchestrator.EngineApi.Tests.Swarm;

/// <summary>The cluster's routes on a unix socket, over a <see cref="FakeControl"/>.</summary>
internal sealed class ClusterApiServer : IDisposable, IClusterNode
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orch-api-").FullName;
    private readonly WebApplication _app;

    public ClusterApiServer(bool isManager = true)
    {
        IsManager = isManager;
        Http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
                await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(Socket), cancellationToken);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        }) { BaseAddress = new Uri("http://orch/v1.44/") };

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(Socket));
        _app = builder.Build();
        var context = new EngineApiContext
        {
            Engine = null!, // The cluster's routes never touch the engine, nor the builder.
            Builder = null!,
            Facts = new NodeFacts { Id = "n", Name = "m1", Version = "0.1.0" },
            Cluster = this,
        };
        _app.UseMiddleware<ApiHeaders>(context);
        _app.UseMiddleware<ApiErrors>();
        _app.UseMiddleware<ApiVersionPrefix>();
        _app.UseRouting();
        ClusterRoutes.Map(_app, new ControlCalls(this));
        _app.MapMethods("/_ping", ["GET", "HEAD"], static () => "OK");
        _app.MapGet("/info", async http => await http.WriteJsonAsync(
            new Api.SystemInfo { Swarm = await new SwarmInfoSource(this).DescribeAsync(http.RequestAborted) }, Api.ApiJson.Wire.SystemInfo));
        _app.StartAsync().GetAwaiter().GetResult();
    }

    public string Socket => Path.Combine(_folder, "d.sock");

    public HttpClient Http { get; }

    public FakeControl Fake { get; } = new() { Nodes = { } };

    public List<object> Lifecycle { get; } = [];

    public ClusterNodeInfo Info => new()
    {
        State = ClusterNodeState.Active,
        NodeId = SampleObjects.Manager.Id.Value,
        NodeAddress = "10.0.0.1",
        IsManager = IsManager,
        Managers = [new RemoteManager(SampleObjects.Manager.Id.Value, "10.0.0.1:2377")],
    };

    public Task<CallInvoker?> ControlAsync() => Task.FromResult<CallInvoker?>(IsManager ? Fake : null);

    private bool IsManager { get; }

    public Task<string> InitAsync(ClusterInit request, CancellationToken cancellationToken)
    {
        Lifecycle.Add(request);
        return Task.FromResult(Info.NodeId);
    }

    public Task JoinAsync(ClusterJoin request, CancellationToken cancellationToken)
    {
        Lifecycle.Add(request);
        return Task.CompletedTask;
    }

    public Task LeaveAsync(bool force, CancellationToken cancellationToken)
    {
        Lifecycle.Add(force);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        Http.Dispose();
        _app.StopAsync(new CancellationToken(canceled: true)).GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }
}
