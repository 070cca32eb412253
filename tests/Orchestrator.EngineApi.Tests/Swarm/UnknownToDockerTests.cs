using Orchestrator.EngineApi.Swarm;
using Orchestrator.Model;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Tests.Swarm;

public sealed class UnknownToDockerTests
{
    private static readonly EndpointSpec Known = new()
    {
        Affinity = Affinity.Client,
        Ports = [new PortConfig(PortProtocol.Tcp, 80, 8080) { Source = SourceAddress.Masquerade, HasProxyHeader = true }],
        Routes = [new HttpRoute("shop.example", "/", 80) { SecretId = new("s1"), SecretName = "shop.pem" }],
    };

    [Fact]
    public void What_an_update_says_nothing_of_is_kept()
    {
        var update = Update(new Dto.PortConfig { Protocol = "tcp", TargetPort = 80, PublishedPort = 8080, PublishMode = "ingress" });

        UnknownToDocker.Keep(update, Known);
        var read = ServiceSpecReader.Read(update).Endpoint;

        Assert.Equal(Known.Affinity, read.Affinity);
        Assert.Equal(Known.Ports.AsEnumerable(), read.Ports);
        Assert.Equal(Known.Routes.AsEnumerable(), read.Routes);
    }

    [Fact]
    public void What_an_update_does_say_counts()
    {
        var update = Update(new Dto.PortConfig
        {
            Protocol = "tcp", TargetPort = 80, PublishedPort = 8080, PublishMode = "ingress", Source = "client",
            ProxyProtocol = "none",
        });
        update.EndpointSpec!.Affinity = "none";
        update.EndpointSpec.Routes = [];

        UnknownToDocker.Keep(update, Known);
        var read = ServiceSpecReader.Read(update).Endpoint;

        Assert.Equal((Affinity.None, 0), (read.Affinity, read.Routes.Length));
        Assert.Equal(new PortConfig(PortProtocol.Tcp, 80, 8080), Assert.Single(read.Ports));
    }

    private static Dto.ServiceSpec Update(params Dto.PortConfig[] ports) => new()
    {
        Name = "web",
        TaskTemplate = new Dto.TaskSpec { ContainerSpec = new Dto.ContainerSpec { Image = "web:1" } },
        EndpointSpec = new Dto.EndpointSpec { Mode = "vip", Ports = ports },
    };
}
