using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Tests.Files;

public sealed class FilesTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("orch-files").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_replaced_file_has_the_new_content_and_leaves_no_temporary()
    {
        DurableFile.Replace($"{root}/f", "old"u8);
        DurableFile.Replace($"{root}/f", "new"u8);

        Assert.Equal("new", File.ReadAllText($"{root}/f"));
        Assert.Single(Directory.EnumerateFiles(root));
    }

    [Fact]
    public void A_symbolic_link_does_not_lead_out_of_the_directory()
    {
        Directory.CreateDirectory($"{root}/inside/etc");
        File.WriteAllText($"{root}/inside/etc/passwd", "ours");
        File.CreateSymbolicLink($"{root}/inside/escape", "/etc/passwd");
        using var directory = DirectoryHandle.Open($"{root}/inside");

        using var file = directory.OpenIn("escape", OpenFlags.O_RDONLY);
        using var stream = new FileStream(file, FileAccess.Read);
        using var reader = new StreamReader(stream);

        Assert.Equal("ours", reader.ReadToEnd());
    }

    [Fact]
    public void A_second_exclusive_lock_is_not_had()
    {
        using var directory = DirectoryHandle.Open(root);
        using var first = directory.OpenIn("l", OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0x180);
        using var second = directory.OpenIn("l", OpenFlags.O_RDWR);

        Assert.True(FileCalls.TryLock(first));
        Assert.False(FileCalls.TryLock(second));
    }

    [Fact]
    public void Status_and_times_read_back_as_set()
    {
        using var directory = DirectoryHandle.Open(root);
        File.WriteAllText($"{root}/f", "12345");
        var time = new DateTimeOffset(1969, 12, 31, 23, 59, 58, 500, TimeSpan.Zero);

        directory.SetTimes("f", time);
        directory.ChangeMode("f", 0x1ed);

        Assert.True(directory.TryStat("f", out var status));
        Assert.Equal((5, 0x1edu, FileKind.Regular), (status.Size, status.Permissions, status.Kind));
        Assert.Equal((-2, 500_000_000), (status.ModifySeconds, status.ModifyNanoseconds));
        Assert.False(directory.TryStat("none", out _));
    }

    [Fact]
    public void A_failed_call_names_itself_its_subject_and_its_errno()
    {
        var error = Assert.Throws<LinuxException>(() => DirectoryHandle.Open("/nonexistent"));

        Assert.Equal(("open", Errno.ENOENT), (error.Call, error.Errno));
        Assert.Contains("/nonexistent", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1u, 3u, 0x103ul)]
    [InlineData(259u, 0x12345u, 0x12310345ul)]
    public void Device_numbers_are_made_as_the_kernel_reads_them(uint major, uint minor, ulong device) =>
        Assert.Equal(device, FileStatus.MakeDevice(major, minor));
}
