using Orchestrator.Linux.Netlink;
using Orchestrator.Testing;

namespace Orchestrator.Linux.Tests.Netlink;

public sealed class NetNamespaceTests
{
    [RootFact]
    public void A_pinned_namespace_is_known_by_its_file_until_it_is_unpinned()
    {
        var path = Path.Combine(Path.GetTempPath(), $"orch-test-ns-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, []);
        Assert.False(NetNamespace.IsPinned(path));
        File.Delete(path);

        NetNamespace.CreatePinned(path).Dispose();

        Assert.True(NetNamespace.IsPinned(path));
        NetNamespace.Unpin(path);
        Assert.False(File.Exists(path));
    }

    [RootFact]
    public void Work_done_inside_leaves_the_calling_thread_where_it_was()
    {
        using var scratch = new ScratchNamespace();
        using var before = RouteSocket.Open();
        var links = before.ListLinks().Select(l => l.Name).ToList();

        var inside = scratch.Namespace.Run(() => File.ReadAllText("/proc/thread-self/net/dev"));

        using var after = RouteSocket.Open();
        Assert.DoesNotContain("eth0", inside, StringComparison.Ordinal);
        Assert.Equal(links, after.ListLinks().Select(l => l.Name));
    }

    [RootFact]
    public void An_exception_inside_is_thrown_outside()
    {
        using var scratch = new ScratchNamespace();

        Assert.Throws<InvalidDataException>(() => scratch.Namespace.Run(() => throw new InvalidDataException()));
    }
}
