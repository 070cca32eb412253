using Orchestrator.Cli.Streams;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Cli.Tests.Streams;

public sealed class DescriptorStreamTests
{
    [Fact]
    public void What_others_write_to_the_same_file_meanwhile_is_not_overwritten()
    {
        var path = Path.GetTempFileName();
        using (var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY))
        using (var stream = new DescriptorStream(file.Fd))
        {
            stream.Write("1"u8);
            file.WriteAll("2"u8);
            stream.Write("3"u8);
        }

        Assert.Equal("123", File.ReadAllText(path));
        File.Delete(path);
    }

    [Fact]
    public void A_reader_that_went_away_is_an_error_and_its_end_is_the_end()
    {
        var (read, write) = FileDescriptor.Pipe();
        using var input = new DescriptorStream(read.Fd);
        using var output = new DescriptorStream(write.Fd);
        output.Write("abc"u8);
        var buffer = new byte[10];

        Assert.Equal(3, input.Read(buffer));
        read.Dispose();
        Assert.Equal(Errno.EPIPE, Assert.Throws<LinuxException>(() => output.Write("x"u8)).Errno);
        write.Dispose();
    }
}
