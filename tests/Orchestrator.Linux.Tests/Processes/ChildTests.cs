using System.Text;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Linux.Tests.Processes;

public sealed class ChildTests
{
    [Fact]
    public void A_child_reads_and_writes_the_files_it_was_given()
    {
        var (read, write) = FileDescriptor.Pipe();
        using var input = MemoryFile.With("test", "through"u8);

        var pid = Child.Spawn("/bin/cat", ["cat"], input, write, null);
        write.Dispose();

        Assert.Equal("through", ReadAll(read));
        Assert.Equal(0, Child.Reap(pid).ExitCode);
    }

    [Fact]
    public void A_signal_by_pidfd_shows_in_the_wait_status()
    {
        var (read, write) = FileDescriptor.Pipe();
        var pid = Child.Spawn("/bin/cat", ["cat"], read, null, null);
        using (var process = PidFd.Open(pid))
            process.Signal(9);

        var status = Child.Reap(pid);

        Assert.Equal((9, 137), (status.Signal, status.ExitCode));
        read.Dispose();
        write.Dispose();
    }

    [Fact]
    public void A_program_that_is_not_there_is_said_to_be_missing() =>
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => Child.Spawn("/nonexistent", "x")).Errno);

    [Fact]
    public void A_sealed_file_cannot_be_written_through_proc()
    {
        using var file = MemoryFile.Sealed("test", "content"u8);

        Assert.ThrowsAny<Exception>(() => File.WriteAllText(file.ProcPath, "other"));
        Assert.Equal("content", File.ReadAllText(file.ProcPath));
    }

    [Fact]
    public void A_descriptor_travels_over_a_socket()
    {
        var (one, other) = UnixSocket.Pair();
        using var file = MemoryFile.With("test", "hello"u8);

        UnixSocket.Send(one, [7], file);
        Span<byte> buffer = stackalloc byte[8];
        var count = UnixSocket.Receive(other, buffer, out var passed);

        Assert.Equal((1, 7), (count, buffer[0]));
        Assert.Equal("hello", ReadAll(passed!));
        one.Dispose();
        other.Dispose();
    }

    [Fact]
    public void Capability_names_and_bits_agree_with_the_kernel()
    {
        Assert.Equal(1UL << 21, Capabilities.Parse(["CAP_SYS_ADMIN"]));
        Assert.Equal(0xa80425fbUL, Capabilities.Parse(
            "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE"
                .Split(' ')));
        Assert.Equal(0UL, Capabilities.Parse(["CAP_NONSENSE"]));
    }

    private static string ReadAll(FileDescriptor from)
    {
        var text = new StringBuilder();
        var buffer = new byte[256];
        for (int count; (count = from.Read(buffer)) > 0;)
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        from.Dispose();
        return text.ToString();
    }
}
