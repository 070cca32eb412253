using System.Diagnostics;
using System.Globalization;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Tests.Helper;

public sealed class HelperClientTests : IDisposable
{
    private readonly HelperPaths paths = new(Directory.CreateTempSubdirectory("orch-client-").FullName);

    [Fact]
    public async Task A_helper_that_never_listens_is_ended_for_only_one_may_run()
    {
        var (program, pid) = (Path.Combine(paths.Root, "hangs"), Path.Combine(paths.Root, "pid"));
        await File.WriteAllTextAsync(program, $"#!/bin/sh\necho $$ > {pid}\nexec sleep 1000\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var client = new HelperClient(program, paths, new HostSpace());

        var refused = await Assert.ThrowsAsync<NetworkException>(() =>
            client.AskAsync(new HelperRequest(HelperOperation.Ping), default));

        Assert.Contains(paths.Log, refused.Message, StringComparison.Ordinal);
        var started = int.Parse(await File.ReadAllTextAsync(pid), CultureInfo.InvariantCulture);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(started));
    }

    [Fact]
    public async Task One_that_hangs_since_an_earlier_daemon_is_ended_when_the_next_cannot_take_its_place()
    {
        var waits = new ProcessStartInfo("/bin/sh", ["-c", "read line", "--root", paths.Root]) { RedirectStandardInput = true };
        using var hangs = Process.Start(waits)!;
        await File.WriteAllTextAsync(paths.Owner, $"{hangs.Id}");
        using var client = new HelperClient("/bin/true", paths, new HostSpace());

        await Assert.ThrowsAsync<NetworkException>(() =>
            client.AskAsync(new HelperRequest(HelperOperation.Ping), default));

        Assert.True(hangs.WaitForExit(TimeSpan.FromSeconds(5)));
    }

    public void Dispose() => Directory.Delete(paths.Root, recursive: true);
}
