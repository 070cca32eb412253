using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Orchestrator.Network;
using Orchestrator.Testing;

namespace Orchestrator.Engine.Tests.Running;

/// <summary>Record and kernel say the same of where a container is, also when one of them refuses.</summary>
public sealed class ContainerNetworksTests
{
    [RootFact]
    public async Task A_container_whose_record_cannot_be_saved_is_on_no_network_that_it_does_not_name()
    {
        await using var host = await NetworkHost.StartAsync();
        await using var rig = new Rig();
        var entry = await StartAsync(host, rig);
        var record = Path.Combine(rig.Store.DirectoryOf(entry.Id), "config.json");
        File.Delete(record);
        Directory.CreateDirectory(record); // No file takes the place of a folder.

        await Assert.ThrowsAnyAsync<SystemException>(() => JoinAsync(host, rig, entry, ip: null));

        Assert.Empty(host.OnLan);
        Assert.Empty(entry.Record.Connections);
    }

    [RootFact]
    public async Task The_record_of_a_container_names_no_network_that_refused_it()
    {
        await using var host = await NetworkHost.StartAsync();
        await using var rig = new Rig();
        var entry = await StartAsync(host, rig);

        await Assert.ThrowsAsync<NetworkException>(() => JoinAsync(host, rig, entry, ip: "192.0.2.9"));

        Assert.Empty(rig.Store.Load(entry.Id)!.Connections);
        Assert.Empty(entry.Record.Connections);
        await JoinAsync(host, rig, entry, ip: "10.88.0.9");
        Assert.Equal(["lan"], rig.Store.Load(entry.Id)!.Connections.Select(c => c.NetworkName));
        Assert.Equal("10.88.0.9/24", Assert.Single(host.OnLan).IPv4);
    }

    [Fact]
    public async Task Files_that_a_container_has_mounted_say_what_was_written_last_and_nothing_else()
    {
        await using var rig = new Rig();
        var record = (await rig.StartAsync("web")).Record;
        var directories = new RunDirectories(Path.Combine(rig.Folder, "run"));
        var folder = Directory.CreateDirectory(directories.Etc(record.Id)).FullName;
        var bundles = new BundleWriter(new EngineOptions(), directories, rig.Table, NullLogger.Instance);
        bundles.RefreshFiles(record, new SandboxFiles("web\n", "first\n", ""));
        using var mounted = File.OpenHandle(Path.Combine(folder, "hosts"), share: FileShare.ReadWrite);

        foreach (var hosts in new[] { "10.0.0.1 web, a longer line\n", "none\n", "some\n" })
        {
            bundles.RefreshFiles(record, new SandboxFiles("web\n", hosts, ""));

            var read = new byte[100];
            Assert.Equal(hosts, Encoding.UTF8.GetString(read, 0, RandomAccess.Read(mounted, read, 0)));
        }
    }

    private static async Task<ContainerEntry> StartAsync(NetworkHost host, Rig rig)
    {
        var entry = await rig.StartAsync("web");
        await host.Network.CreateSandboxAsync(entry.Id, new SandboxConfig { Name = "web", Hostname = "web" }, default);
        return entry;
    }

    private static Task JoinAsync(NetworkHost host, Rig rig, ContainerEntry entry, string? ip)
    {
        var directories = new RunDirectories(Path.Combine(rig.Folder, "run"));
        Directory.CreateDirectory(Path.Combine(directories.Bundle(entry.Id), "etc"));
        var bundles = new BundleWriter(new EngineOptions(), directories, rig.Table, NullLogger.Instance);
        var networks = new ContainerNetworks(
            host.Network, new NetworkPlaces(host.Network, () => null), rig.Store, bundles, new ContainerEvents(rig.Events), rig.Host);
        return networks.ConnectAsync(entry, new EndpointConfig { NetworkId = NetworkHost.Lan, IPv4 = ip }, default);
    }
}
