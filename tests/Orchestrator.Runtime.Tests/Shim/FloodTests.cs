using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Runtime.Tests.Shim;

/// <summary>A container that writes as fast as it can, and what it must not do to others.</summary>
public sealed class FloodTests(ITestOutputHelper output)
{
    private const int FileBytes = 1 << 20, Files = 3;

    /// <summary>Length of what <c>seq 1 3000000</c> prints.</summary>
    private const long SeqBytes = 22_888_896;

    /// <summary>Length of what <c>seq 1 500000</c> prints. A client may be more than twice as far behind.</summary>
    private const long PortionBytes = 3_388_895;

    private const int Portions = 7;

    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Zero but in <c>tests/soak shim</c>, which also asks how long answers take.</summary>
    private static TimeSpan SoakTime => TimeSpan.FromSeconds(int.Parse(
        Environment.GetEnvironmentVariable("ORCH_SOAK_SECONDS") ?? "0", CultureInfo.InvariantCulture));

    /// <summary>Megabytes a shim under load may have. Under the just-in-time runtime these tests usually run on, an
    /// idle one has 50 already.</summary>
    private static long MemoryBound => TestContainer.IsNative ? 40 : 140;

    [RootFact]
    public Task A_flood_of_output_leaves_memory_and_disk_bounded_and_the_shim_answering() => FloodAsync("blocking");

    [RootFact]
    public Task A_flood_into_a_log_that_drops_is_bounded_as_well() => FloodAsync("non-blocking");

    [RootFact]
    public async Task A_guest_that_does_not_read_is_cut_off_and_the_container_runs_on()
    {
        using var container = new TestContainer("/bin/sh", "-c", "while read -r go; do seq 1 500000; done");
        var shim = await container.CreateAsync("--open-stdin", "--log-max-size", "100k", "--log-max-file", "1");
        await shim.StartAsync(None);
        await using var guest = await shim.AttachAsync(null, stdin: false, true, true, None);
        await using var other = await shim.AttachAsync(null, stdin: true, true, true, None);

        // The next portion comes when the last has been read: who reads is never further behind than one of them.
        for (var i = 0; i < Portions; i++)
        {
            await other.WriteAsync("go\n"u8.ToArray());
            Assert.Equal(PortionBytes, await ReadAsync(other, PortionBytes));
        }

        const long all = Portions * PortionBytes;
        Assert.InRange(await ReadAsync(guest, all), 1, all - 1); // Ends, though the container runs.
        Assert.Equal(ContainerStatus.Running, (await shim.StateAsync(None)).Status);
    }

    [RootFact]
    public async Task Who_the_program_runs_for_gets_all_of_it_however_slow_even_after_its_deletion()
    {
        using var container = new TestContainer("/bin/sh", "-c", "seq 1 3000000");
        var shim = await container.CreateAsync("--log-max-size", "100k", "--log-max-file", "1");
        await using var owner = await shim.AttachAsync(null, stdin: false, true, true, None);
        await shim.StartAsync(None);

        var seen = await ReadAsync(owner, 1);
        await Task.Delay(300); // By now the container would be far ahead of us, if it did not wait.
        seen += await ReadAsync(owner, SeqBytes - (2 << 20) - seen);
        await shim.WaitAsync(None);
        await shim.DeleteAsync(None);

        Assert.Equal(SeqBytes, seen + await ReadAsync(owner, long.MaxValue));
    }

    [RootFact]
    public async Task An_execs_output_waits_for_its_client()
    {
        using var container = new TestContainer("/bin/sleep", "1000");
        var shim = await container.CreateAsync();
        await shim.StartAsync(None);
        var exec = await shim.ExecAsync(
            new ExecSpec { Process = new ProcessSpec { Args = ["/bin/seq", "1", "3000000"] } }, None);
        await using var client = await shim.AttachAsync(exec.ExecId, stdin: false, true, true, None);

        await Task.Delay(300);

        Assert.Equal(SeqBytes, await ReadAsync(client, long.MaxValue));
    }

    private async Task FloodAsync(string mode)
    {
        using var container = new TestContainer("/bin/sh", "-c", "yes 0123456789012345678901234567890123456789");
        var shim = await container.CreateAsync(
            "--log-mode", mode, "--log-max-size", $"{FileBytes}", "--log-max-file", $"{Files}");
        var state = await shim.StartAsync(None);
        await using var guest = await shim.AttachAsync(null, stdin: false, true, true, None); // Never reads.
        var (peak, disk, slowest) = (0L, 0L, TimeSpan.Zero);

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 20 || clock.Elapsed < SoakTime; i++)
        {
            var begun = clock.Elapsed;
            var exec = await shim.ExecAsync(new ExecSpec { Process = new ProcessSpec { Args = ["/bin/true"] } }, None);
            Assert.Equal(0, (await shim.WaitExecAsync(exec.ExecId, None)).ExitCode);
            slowest = clock.Elapsed - begun > slowest ? clock.Elapsed - begun : slowest;
            peak = Math.Max(peak, ResidentMegabytes(state.ShimPid));
            disk = Math.Max(disk, DiskBytes(container.LogPath));
        }

        clock.Restart();
        await shim.SignalAsync(9, all: true, None);
        Assert.Equal(137, (await shim.WaitAsync(None)).ExitCode);
        output.WriteLine(
            $"{mode}: peak {peak} MB, disk {disk} bytes, slowest exec {slowest.TotalMilliseconds:0} ms, stop "
            + $"{clock.ElapsedMilliseconds} ms");
        Assert.True(SoakTime == TimeSpan.Zero || (slowest.TotalSeconds < 1 && clock.Elapsed.TotalSeconds < 1));
        Assert.InRange(peak, 1, MemoryBound);
        Assert.InRange(disk, FileBytes, Files * FileBytes);
    }

    /// <returns>How long the next frame's payload was; 0 at the end.</returns>
    private static async Task<int> ReadFrameAsync(AttachStream from)
    {
        var header = new byte[8];
        if (await from.ReadAtLeastAsync(header, 8, throwOnEndOfStream: false) < 8)
            return 0;
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4))];
        return await from.ReadAtLeastAsync(payload, payload.Length, throwOnEndOfStream: false);
    }

    private static async Task<long> ReadAsync(AttachStream from, long atLeast)
    {
        var total = 0L;
        for (int count; total < atLeast && (count = await ReadFrameAsync(from)) > 0;)
            total += count;
        return total;
    }

    private static long ResidentMegabytes(int pid) => long.Parse(
        File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) >> 10;

    private static long DiskBytes(string path) =>
        new DirectoryInfo(Path.GetDirectoryName(path)!).EnumerateFiles("log*").Sum(Length);

    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0; // Rotated away meanwhile.
        }
    }
}
