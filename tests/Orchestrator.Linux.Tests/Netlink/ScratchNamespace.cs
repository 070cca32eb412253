using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Tests.Netlink;

/// <summary>A network namespace of one test, gone with it.</summary>
internal sealed class ScratchNamespace : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"orch-test-ns-{Guid.NewGuid():N}");

    public ScratchNamespace()
    {
        Namespace = NetNamespace.CreatePinned(path);
        Route = RouteSocket.Open(Namespace);
        Route.SetUp("lo");
    }

    public NetNamespace Namespace { get; }

    public RouteSocket Route { get; }

    public string PinnedAt => path;

    public void Dispose()
    {
        Route.Dispose();
        Namespace.Dispose();
        NetNamespace.Unpin(path);
    }
}
