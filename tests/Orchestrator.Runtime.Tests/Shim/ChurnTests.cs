using System.Globalization;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Runtime.Tests.Shim;

/// <summary>Many execs and attaches on one shim. <c>tests/soak shim</c> runs it with thousands, on the native build.
/// </summary>
public sealed class ChurnTests(ITestOutputHelper output)
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static int Rounds =>
        int.Parse(Environment.GetEnvironmentVariable("ORCH_SOAK_EXECS") ?? "60", CultureInfo.InvariantCulture);

    private static bool IsSoak => Rounds >= 1000;

    [RootFact]
    public async Task Execs_and_attaches_leave_no_descriptor_no_zombie_and_no_growth()
    {
        using var container = new TestContainer("/bin/sleep", "1000"); // Silent: a shim rests when nothing happens.
        var shim = await container.CreateAsync("--open-stdin", "--log-max-size", "100k", "--log-max-file", "2");
        var pid = (await shim.StartAsync(None)).ShimPid;
        await ChurnAsync(shim, IsSoak ? 1000 : 20);
        var before = await MeasureAsync(pid);

        await ChurnAsync(shim, Rounds);
        var after = await MeasureAsync(pid);

        var growth = (after.Kilobytes - before.Kilobytes) * 1024.0 / Rounds;
        output.WriteLine($"{Rounds} rounds: before {before}, after {after}, {growth:0.0} bytes each; in 24 h at one a "
            + $"second {growth * 86_400 / (1 << 20):0.0} MB");
        Assert.Equal((before.Descriptors, 0), (after.Descriptors, after.Zombies));
        Assert.True(!IsSoak || growth < 12, "a shim that is asked once a second grows by a megabyte a day");
    }

    /// <summary>A round is a plain exec; each fourth has a terminal, each fifth is left unread by a client that goes, and
    /// each third attaches to the container itself.</summary>
    private static async Task ChurnAsync(ShimClient shim, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            var spec = new ExecSpec
            {
                Process = new ProcessSpec { Args = ["/bin/sh", "-c", "echo x"], Terminal = i % 4 == 0 },
                OpenStdin = i % 2 == 0,
                Detach = i % 7 == 0,
            };
            var exec = await shim.ExecAsync(spec, None);
            await using (var stream = await shim.AttachAsync(exec.ExecId, stdin: true, true, true, None))
            {
                if (i % 5 != 0)
                    await stream.CopyToAsync(Stream.Null);
            }

            Assert.Equal(0, (await shim.WaitExecAsync(exec.ExecId, None)).ExitCode);
            if (i % 3 == 0)
                await (await shim.AttachAsync(null, stdin: true, true, true, None)).DisposeAsync();
        }
    }

    private static async Task<Measured> MeasureAsync(int pid)
    {
        if (IsSoak)
            await Task.Delay(TimeSpan.FromSeconds(8)); // Past its rest, when it has given back what it can.
        // Connections that we have just closed are closed over there as well, some moment later.
        var (descriptors, stable) = (0, 0);
        for (var tries = 0; stable < 5 && tries < 200; tries++)
        {
            await Task.Delay(20);
            var now = Descriptors(pid);
            (descriptors, stable) = (now, now == descriptors ? stable + 1 : 0);
        }

        return new Measured(descriptors, Zombies(pid), Kilobytes(pid));
    }

    /// <summary>Without the assemblies that the just-in-time runtime opens when it first needs them.</summary>
    private static int Descriptors(int pid) => new DirectoryInfo($"/proc/{pid}/fd").EnumerateFiles()
        .Count(file => file.LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) == false);

    private static int Zombies(int parent) => File.ReadAllText($"/proc/{parent}/task/{parent}/children")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Count(child => File.ReadAllText($"/proc/{child}/stat").Contains(") Z ", StringComparison.Ordinal));

    private static long Kilobytes(int pid) => long.Parse(
        File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private sealed record Measured(int Descriptors, int Zombies, long Kilobytes);
}
