using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using HealthClient = Grpc.Health.V1.Health.HealthClient;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Orchestrator.Protocol.Tests.Health;

public sealed class HealthServiceImplTests : IAsyncLifetime
{
    private readonly HealthServiceImpl _health = new();
    private WebApplication? _app;
    private GrpcChannel? _channel;

    private HealthClient Client => new(_channel!);

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        _app = builder.Build();
        _app.MapGrpcService(global::Grpc.Health.V1.Health.BindService(_health));
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        _channel!.Dispose();
        await _app!.DisposeAsync();
    }

    [Fact]
    public async Task A_check_tells_what_was_last_set()
    {
        _health.SetStatus("", ServingStatus.Serving);
        _health.SetStatus("orchestrator.v1.Control", ServingStatus.NotServing);

        Assert.Equal(ServingStatus.Serving, (await Client.CheckAsync(new())).Status);
        Assert.Equal(
            ServingStatus.NotServing, (await Client.CheckAsync(new() { Service = "orchestrator.v1.Control" })).Status);
    }

    [Fact]
    public async Task A_service_nobody_set_is_not_found()
    {
        _health.SetStatus("gone", ServingStatus.Serving);
        _health.ClearAll();

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await Client.CheckAsync(new() { Service = "gone" }));

        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    [Fact]
    public async Task A_watch_tells_the_status_now_and_every_change()
    {
        using var watch = Client.Watch(new() { Service = "s" }, deadline: DateTime.UtcNow.AddSeconds(20));
        async Task<ServingStatus> Next()
        {
            Assert.True(await watch.ResponseStream.MoveNext());
            return watch.ResponseStream.Current.Status;
        }

        Assert.Equal(ServingStatus.ServiceUnknown, await Next());
        _health.SetStatus("other", ServingStatus.NotServing);
        _health.SetStatus("s", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await Next());
        _health.SetStatus("s", ServingStatus.Serving);
        _health.ClearStatus("s");
        Assert.Equal(ServingStatus.ServiceUnknown, await Next());
    }
}
