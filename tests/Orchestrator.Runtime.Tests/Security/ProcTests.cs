using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Security;

/// <summary>CVE-2019-16884, CVE-2019-19921, CVE-2023-28642, CVE-2025-31133, CVE-2025-52565, CVE-2025-52881: masks that
/// do not mask, and a /proc that is none.</summary>
public sealed class ProcTests : IDisposable
{
    private readonly string volume = Directory.CreateTempSubdirectory("orch-volume").FullName;

    public ProcTests()
    {
        File.WriteAllText($"{volume}/file", "mine\n");
        Directory.CreateDirectory($"{volume}/sys/kernel");
    }

    public void Dispose() => Directory.Delete(volume, recursive: true);

    [Theory]
    [InlineData("/proc")]
    [InlineData("/proc/")]
    [InlineData("//proc/.")]
    [InlineData("/bin/../proc")]
    [InlineData("/proc/sys")]
    [InlineData("/proc/self/../self/attr")]
    [InlineData("/proc/meminfo/../sysrq-trigger")]
    public void Nothing_is_mounted_over_proc_by_whatever_name(string destination)
    {
        MountSpec[] mounts =
        [
            new() { Destination = destination, Type = "bind", Source = volume, Options = ["rbind"] },
            new() { Destination = destination, Source = volume, Options = ["bind"] },
            new() { Destination = destination, Type = "tmpfs" },
        ];

        Assert.All(mounts, mount => Assert.True(MountPlan.IsForbidden(mount)));
    }

    [RootFact]
    public void Nor_by_way_of_a_link_in_the_image()
    {
        foreach (var (destination, type) in ((string, string)[])[("/link", "bind"), ("/link/sys", "bind"), ("/link/sys", "tmpfs")])
        {
            using var container = new TestContainer("/bin/true");
            File.CreateSymbolicLink($"{container.RootFs}/link", "proc");
            Mount(container, new() { Destination = destination, Type = type, Source = volume, Options = type == "bind" ? ["rbind"] : null });

            var (code, _, errors) = container.Run();

            Assert.Equal(1, code);
            Assert.EndsWith($" on {destination}: operation not permitted\n", errors, StringComparison.Ordinal);
        }
    }

    [RootFact]
    public void A_file_that_tells_of_limits_may_be_replaced()
    {
        using var container = new TestContainer("/bin/cat", "/proc/meminfo");
        Mount(container, new() { Destination = "/proc/meminfo", Type = "bind", Source = $"{volume}/file", Options = ["bind", "ro"] });

        Assert.Equal("mine\n", container.Run().Output);
    }

    [RootFact]
    public void What_masks_a_file_is_the_null_device_whatever_the_image_calls_so()
    {
        using var container = new TestContainer("/bin/sh", "-c", "cat /etc/hidden; echo evil > /etc/hidden; cat /etc/victim; ls -l /etc/hidden");
        Directory.CreateDirectory($"{container.RootFs}/etc");
        Directory.CreateDirectory($"{container.RootFs}/dev");
        File.WriteAllText($"{container.RootFs}/etc/hidden", "secret\n");
        File.WriteAllText($"{container.RootFs}/etc/victim", "whole\n");
        File.CreateSymbolicLink($"{container.RootFs}/dev/null", "/etc/victim");
        container.Spec = container.Spec with
        {
            Mounts = [.. container.Spec.Mounts!.Where(m => m.Destination == "/proc")], // The image's own /dev.
            Linux = container.Spec.Linux! with { MaskedPaths = ["/etc/hidden"] },
        };

        var output = container.Run().Output;

        Assert.StartsWith("whole\ncrw-rw-rw-", output, StringComparison.Ordinal);
        Assert.Contains("1,   3", output, StringComparison.Ordinal);
    }

    [RootFact]
    public void The_console_is_not_put_where_a_link_of_the_image_leads()
    {
        using var container = new TestContainer("/bin/true");
        Directory.CreateDirectory($"{container.RootFs}/dev/pts");
        File.CreateSymbolicLink($"{container.RootFs}/dev/console", "/proc/sysrq-trigger");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with { Terminal = true },
            Mounts = [.. container.Spec.Mounts!.Where(m => m.Destination is "/proc" or "/dev/pts")],
        };

        var (code, _, errors) = container.Run();

        Assert.Equal((1, "orch-runtime: make a terminal: too many levels of symbolic links\n"), (code, errors));
    }

    [RootFact]
    public void A_sysctl_reaches_the_kernel_and_not_a_file_of_the_image()
    {
        using var container = new TestContainer("/bin/cat", "/proc/sys/net/ipv4/ip_default_ttl", "/fake/sys/net/ipv4/ip_default_ttl");
        var fake = $"{container.RootFs}/fake/sys/net/ipv4";
        Directory.CreateDirectory(fake);
        File.WriteAllText($"{fake}/ip_default_ttl", "untouched\n");
        container.Spec = container.Spec with
        {
            Linux = container.Spec.Linux! with { Sysctl = new() { ["net.ipv4.ip_default_ttl"] = "77" } },
        };

        Assert.Equal("77\nuntouched\n", container.Run().Output);
    }

    [RootFact]
    public void Masked_and_read_only_paths_hold_against_a_volume_on_a_link_to_them()
    {
        using var container = new TestContainer("/bin/sh", "-c", "echo 1 > /proc/sys/kernel/panic; head -c 1 /proc/timer_list; echo end");
        File.CreateSymbolicLink($"{container.RootFs}/link", "proc/sys/kernel");
        Mount(container, new() { Destination = "/link", Type = "bind", Source = volume, Options = ["rbind"] });

        Assert.NotEqual(0, container.Run().ExitCode);
    }

    private static void Mount(TestContainer container, MountSpec mount) =>
        container.Spec = container.Spec with { Mounts = [.. container.Spec.Mounts!, mount] };
}
