using System.Diagnostics;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>Debian's dnsmasq, which lends addresses of 10.9.0.100 and up for two minutes, the least it can.</summary>
internal sealed class Dnsmasq : IDisposable
{
    private readonly Process process;
    private readonly string leases;

    private Dnsmasq(Process process, string leases) => (this.process, this.leases) = (process, leases);

    /// <param name="first">The last number of the first address that it lends; fifty further ones follow.</param>
    public static async Task<Dnsmasq> StartAsync(TestHost host, int first = 100)
    {
        var leases = Path.Combine(host.Options.ExecRoot, $"leases-{Guid.NewGuid():N}"); // Another server knows nothing of them.
        var start = new ProcessStartInfo("dnsmasq",
        [
            "--conf-file=/dev/null", "--keep-in-foreground", "--port=0", "--user=root", "--interface=up0", "--bind-interfaces",
            $"--dhcp-range=10.9.0.{first},10.9.0.{first + 50},255.255.255.0,120", "--dhcp-authoritative", "--no-ping", "--no-resolv",
            $"--dhcp-leasefile={leases}", "--pid-file=", "--log-facility=-",
        ]) { RedirectStandardError = true };
        var server = new Dnsmasq(host.Namespace.Run(() => Process.Start(start))!, leases);
        // Not on the reader's own thread: a test that fails at once would wait for the end of what that one reads.
        var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.Contains("sockets bound", StringComparison.Ordinal))
                listens.TrySetResult(); // Or it has ended: then nobody gets an address.
        };
        server.process.BeginErrorReadLine();
        await listens.Task;
        return server;
    }

    /// <summary>Hardware address, address and name of each, a line each.</summary>
    public string Leases() => File.Exists(leases)
        ? string.Join('\n', File.ReadAllLines(leases).Select(l => string.Join(' ', l.Split(' ')[1..4]))) : "";

    /// <remarks>A client whose question is lost may ask again only when any server can be asked.</remarks>
    public async Task UntilAsync(Func<bool> holds)
    {
        for (var i = 0; i < 2400 && !holds(); i++)
            await Task.Delay(50);
        Assert.True(holds());
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
