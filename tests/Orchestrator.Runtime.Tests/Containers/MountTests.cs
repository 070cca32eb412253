using Orchestrator.Oci.Bundle;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Containers;

public sealed class MountTests : IDisposable
{
    private readonly string source = Directory.CreateTempSubdirectory("orch-mounts").FullName;

    public void Dispose() => Directory.Delete(source, recursive: true);

    [RootFact]
    public void Options_reach_the_mount_they_are_for_and_no_other()
    {
        File.WriteAllText($"{source}/file", "mine");
        using var container = new TestContainer("/bin/sh", "-c",
            "cat /proc/self/mountinfo; busybox stat -c '%u:%g %a' /mapped/file /plain; busybox mount | grep -c nothing")
            .With(
                Mount("/plain", "tmpfs", "noexec", "nosymfollow", "strictatime", "sync", "mode=1700", "size=64k"),
                Mount("/again", "tmpfs", "rw", "nodev"),
                Mount("/again", null, "remount", "ro", "nodev"),
                Bind("/own", "/dev", "rbind", "ro", "noexec"),
                Bind("/all", "/dev", "rbind", "rro", "rnosuid", "rnoatime"),
                Bind("/unbindable", source, "bind", "unbindable"),
                Bind("/shared", source, "bind", "private", "shared"),
                Bind("/mapped", source, "bind") with { UidMappings = [new(0, 5000, 10)], GidMappings = [new(0, 6000, 10)] });

        var (code, output, errors) = container.Run();

        Assert.Equal((1, ""), (code, errors));
        var mounts = output.Split('\n').Where(l => l.Contains(" - ", StringComparison.Ordinal)).Select(l => l.Split(' ')).ToArray();
        string Of(string path) => string.Join(' ', mounts.Last(m => m[4] == path)[5..]);
        Assert.Matches("^rw,noexec,nosymfollow - tmpfs tmpfs rw,sync,size=64k,mode=1700", Of("/plain"));
        Assert.Matches("^ro,nodev,relatime - tmpfs", Of("/again"));
        Assert.StartsWith("ro,noexec,", Of("/own"), StringComparison.Ordinal);
        Assert.StartsWith("rw,", Of("/own/pts"), StringComparison.Ordinal);
        Assert.Matches("^ro,nosuid,.*noatime", Of("/all"));
        Assert.Matches("^ro,nosuid,.*noatime", Of("/all/pts"));
        Assert.Contains(" unbindable ", Of("/unbindable"), StringComparison.Ordinal);
        Assert.Matches(" shared:[0-9]+ ", Of("/shared"));
        Assert.Contains("idmapped", Of("/mapped"), StringComparison.Ordinal);
        Assert.Contains("5000:6000 644\n0:0 1700\n", output, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_tmpfs_begins_with_what_it_covers_when_asked_to()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "cat /etc/deep/er/file; readlink /etc/link; busybox stat -c '%a %u:%g' /etc /etc/deep /etc/deep/er/file /run; echo x > /etc/new || echo refused")
            .With(Mount("/etc", "tmpfs", "tmpcopyup", "ro"), Mount("/run", "tmpfs"));
        var etc = Directory.CreateDirectory($"{container.RootFs}/etc/deep/er").FullName;
        File.WriteAllText($"{etc}/file", "kept\n");
        File.SetUnixFileMode($"{etc}/file", (UnixFileMode)0b100_100_000);
        File.CreateSymbolicLink($"{container.RootFs}/etc/link", "/etc/shadow");
        File.SetUnixFileMode($"{container.RootFs}/etc/deep", (UnixFileMode)0b111_000_001);
        Directory.CreateDirectory($"{container.RootFs}/run", (UnixFileMode)0b111_101_000);

        var output = container.Run().Output;

        Assert.Equal("kept\n/etc/shadow\n755 0:0\n701 0:0\n440 0:0\n750 0:0\nrefused\n", output);
        Assert.False(File.Exists($"{container.RootFs}/etc/new"));
    }

    [RootFact]
    public void The_root_has_the_propagation_asked_for_and_the_host_sees_none_of_it()
    {
        foreach (var (kind, expected) in new[] { ("rshared", " shared:[0-9]+ "), ("unbindable", " unbindable "), ("rprivate", "relatime - ") })
        {
            using var container = new TestContainer("/bin/sh", "-c", "grep ' / / \\| / ' /proc/self/mountinfo")
                .With(Mount("/inside", "tmpfs"));
            container.Spec = container.Spec with { Linux = container.Spec.Linux! with { RootfsPropagation = kind } };

            var (code, output, errors) = container.Run();

            Assert.Equal((0, ""), (code, errors));
            Assert.Matches(expected, output.Split('\n').First(l => l.Split(' ')[4] == "/") + " ");
            Assert.DoesNotContain(container.RootFs, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        }
    }

    [RootFact]
    public void A_link_of_the_image_does_not_lead_a_mount_onto_proc()
    {
        using var container = new TestContainer("/bin/true").With(Mount("/data/attr", "tmpfs"));
        File.CreateSymbolicLink($"{container.RootFs}/data", "/proc/self");

        var (code, _, errors) = container.Run();

        Assert.Equal(1, code);
        Assert.Contains("mount tmpfs on /data/attr: operation not permitted", errors, StringComparison.Ordinal);
    }

    private static MountSpec Mount(string destination, string? type, params string[] options) =>
        new() { Destination = destination, Type = type, Options = options };

    private static MountSpec Bind(string destination, string source, params string[] options) =>
        new() { Destination = destination, Source = source, Options = options };
}
