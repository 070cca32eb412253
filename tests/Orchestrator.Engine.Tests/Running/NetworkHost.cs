using Orchestrator.Linux.Netlink;
using Orchestrator.Network;

namespace Orchestrator.Engine.Tests.Running;

/// <summary>A node's network in a network namespace of its own, with one bridge network.</summary>
internal sealed class NetworkHost : IAsyncDisposable
{
    public const string Lan = "lan";

    private readonly string root = Directory.CreateTempSubdirectory("orch-engine-net-").FullName;
    private readonly NetNamespace ns;

    private NetworkHost()
    {
        ns = NetNamespace.CreatePinned(Path.Combine(root, "host"));
        var options = new NodeNetworkOptions
        {
            DataRoot = Path.Combine(root, "data"),
            ExecRoot = Path.Combine(root, "run"),
            HelperPath = Environment.GetEnvironmentVariable("ORCH_HELPER") is { } native
                ? native : Path.Combine(AppContext.BaseDirectory, "orch-net"),
            MendInterval = Timeout.InfiniteTimeSpan,
        };
        Network = Inside(() => new NodeNetwork(options));
    }

    public NodeNetwork Network { get; }

    public IReadOnlyList<Endpoint> OnLan => Network.ListEndpoints(Network.FindNetwork(Lan)!.Id);

    public static async Task<NetworkHost> StartAsync()
    {
        var host = new NetworkHost();
        await host.Network.StartAsync(null, default);
        await host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = Lan, Pools = [new IpamPool("10.88.0.0/24")] }, default);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DestroyAsync(default);
        await Network.DisposeAsync();
        ns.Dispose();
        NetNamespace.Unpin(Path.Combine(root, "host"));
        Directory.Delete(root, recursive: true);
    }

    /// <summary>On a thread that ends: of the process's first one the node would take the namespace for the process's
    /// own.</summary>
    private T Inside<T>(Func<T> make)
    {
        var made = default(T);
        var thread = new Thread(() => made = ns.Run(make));
        thread.Start();
        thread.Join();
        return made!; // What was thrown has ended the process, loudly.
    }
}
